// How grey values are shown: histogram with limits, automatic contrast, filters. Nothing here changes data.
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Histogram as Bins, DisplayFilter } from "../state/viewer";
import { IconButton, Section, Slider, Toggle } from "./controls";
import { FiltersList } from "./filters_list";
import { Histogram } from "./histogram";

/** How one view shows grey values. */
export interface DisplayView {
  histogram: ReadonlySignal<Bins | null>;
  contrast: Signal<[number, number] | null>;
  autocontrast: Signal<boolean>;
  inverted: Signal<boolean>;
  interpolate: Signal<boolean>;
  filters: Signal<DisplayFilter[]>;
}

/** Grey values that may be painted, when painting is limited. */
export interface PaintRange {
  limited: ReadonlySignal<boolean>;
  range: Signal<[number, number]>;
}

export function DisplayPanel({ view, paint }: { view: DisplayView; paint: PaintRange }): JSX.Element {
  const { histogram, contrast } = view;
  const limits = contrast.value;
  const range = histogram.value;
  const low = range ? Math.min(range.low, limits?.[0] ?? range.low) : 0;
  const high = range ? Math.max(range.high, limits?.[1] ?? range.high) : 1;
  const step = (high - low) / 500 || 1;
  const set = (next: [number, number]) => {
    view.autocontrast.value = false;
    contrast.value = next;
  };
  const reset = (
    <IconButton
      icon="fit"
      name="Autocontrast"
      hint="Set the contrast from this slice (A keeps it automatic)"
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
            range={paint.limited.value ? paint.range.value : null}
            onLimits={set}
          />
          <Limits
            names={["Black level", "White level"]}
            limits={limits}
            low={low}
            high={high}
            gap={step}
            onChange={set}
          />
        </>
      )}
      {range && paint.limited.value && (
        <Limits
          names={["Paint from grey value", "Paint to grey value"]}
          limits={paint.range.value}
          low={low}
          high={high}
          gap={0}
          onChange={(next) => {
            paint.range.value = next;
          }}
        />
      )}
      <div class="ais-toggles">
        <Switch label="Auto" hint="Set the contrast from each slice (A)" on={view.autocontrast} />
        <Switch label="Invert" hint="Swap black and white (I)" on={view.inverted} />
        <Switch label="Smooth" hint="Interpolate between pixels (shift+I)" on={view.interpolate} />
      </div>
      <FiltersList filters={view.filters} />
    </Section>
  );
}

interface LimitsProps {
  names: readonly [string, string];
  limits: readonly [number, number];
  low: number;
  high: number;
  /** How close the limits may come to each other. */
  gap: number;
  onChange(limits: [number, number]): void;
}

/** Two sliders for the ends of a range of grey values; they do not pass each other. */
function Limits({ names, limits: [from, to], low, high, gap, onChange }: LimitsProps): JSX.Element {
  const range = { min: low, max: high, step: (high - low) / 500 || 1 };
  return (
    <div class="ais-pair">
      <Slider
        name={names[0]}
        value={from}
        {...range}
        onInput={(value) => onChange([Math.min(value, to - gap), to])}
      />
      <Slider
        name={names[1]}
        value={to}
        {...range}
        onInput={(value) => onChange([from, Math.max(value, from + gap)])}
      />
    </div>
  );
}

function Switch({ label, hint, on }: { label: string; hint: string; on: Signal<boolean> }): JSX.Element {
  const change = (checked: boolean) => {
    on.value = checked;
  };
  return <Toggle label={label} hint={hint} checked={on.value} onChange={change} />;
}
