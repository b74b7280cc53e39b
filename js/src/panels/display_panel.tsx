// How grey values are shown: histogram with limits, automatic contrast, filters. Nothing here changes data.
import type { JSX } from "preact";
import type { Viewer } from "../state/viewer";
import { IconButton, Section, Slider, Toggle } from "./controls";
import { FiltersList } from "./filters_list";
import { Histogram } from "./histogram";

export function DisplayPanel({ viewer }: { viewer: Viewer }): JSX.Element {
  const { histogram, contrast, tools } = viewer;
  const limits = contrast.value;
  const range = histogram.value;
  const low = range ? Math.min(range.low, limits?.[0] ?? range.low) : 0;
  const high = range ? Math.max(range.high, limits?.[1] ?? range.high) : 1;
  const step = (high - low) / 500 || 1;
  const set = (next: [number, number]) => {
    viewer.autocontrast.value = false;
    contrast.value = next;
  };
  const reset = (
    <IconButton
      icon="fit"
      name="Autocontrast"
      hint="Contrast from this slice (A keeps it automatic)"
      onClick={() => {
        contrast.value = null;
      }}
    />
  );
  return (
    <Section title="Display" aside={reset}>
      {range && limits && (
        <>
          <Histogram
            histogram={range}
            low={low}
            high={high}
            limits={limits}
            range={tools.limited.value ? tools.range.value : null}
            onLimits={set}
          />
          <div class="ais-pair">
            <Slider
              name="Black level"
              value={limits[0]}
              min={low}
              max={high}
              step={step}
              onInput={(value) => set([Math.min(value, limits[1] - step), limits[1]])}
            />
            <Slider
              name="White level"
              value={limits[1]}
              min={low}
              max={high}
              step={step}
              onInput={(value) => set([limits[0], Math.max(value, limits[0] + step)])}
            />
          </div>
        </>
      )}
      {range && tools.limited.value && (
        <div class="ais-pair" title="Only grey values in this range are painted">
          <Slider
            name="Paint from grey value"
            value={tools.range.value[0]}
            min={low}
            max={high}
            step={step}
            onInput={(value) => {
              tools.range.value = [Math.min(value, tools.range.value[1]), tools.range.value[1]];
            }}
          />
          <Slider
            name="Paint to grey value"
            value={tools.range.value[1]}
            min={low}
            max={high}
            step={step}
            onInput={(value) => {
              tools.range.value = [tools.range.value[0], Math.max(value, tools.range.value[0])];
            }}
          />
        </div>
      )}
      <div class="ais-toggles">
        <Toggle
          label="Auto"
          hint="Contrast from each slice (A)"
          checked={viewer.autocontrast.value}
          onChange={(on) => {
            viewer.autocontrast.value = on;
          }}
        />
        <Toggle
          label="Invert"
          hint="Swap black and white (I)"
          checked={viewer.inverted.value}
          onChange={(on) => {
            viewer.inverted.value = on;
          }}
        />
        <Toggle
          label="Smooth"
          hint="Interpolate between pixels (shift+I)"
          checked={viewer.interpolate.value}
          onChange={(on) => {
            viewer.interpolate.value = on;
          }}
        />
      </div>
      <FiltersList viewer={viewer} />
    </Section>
  );
}
