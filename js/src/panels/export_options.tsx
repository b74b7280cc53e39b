// How networks are applied in an export.
import type { JSX } from "preact";
import type { ExportOptions, ExportPlan } from "../state/export_plan";
import { Labeled, Slider, Toggle } from "./controls";
import { TextField } from "./fields";

export function ExportOptionsFields({ plan }: { plan: ExportPlan }): JSX.Element {
  const { tta, tiled, overlap, trim_edges, sigma } = plan.options.value;
  const set = (change: Partial<ExportOptions>) => {
    plan.options.value = { ...plan.options.peek(), ...change };
  };
  return (
    <>
      <Labeled label="TTA" value={tta === 1 ? "off" : `${tta} ×`}>
        <Slider
          name="Test-time augmentation"
          value={tta}
          min={1}
          max={8}
          text={tta > 1 ? `mean over ${tta} orientations` : "off"}
          onInput={(value) => set({ tta: value })}
        />
      </Labeled>
      <details class="ais-more">
        <summary>More options</summary>
        <Toggle
          label="In tiles"
          hint="Segment in tiles of the size of the training boxes instead of whole slices: needs less memory, but seams may show"
          checked={tiled}
          onChange={(on) => set({ tiled: on })}
        />
        {tiled && (
          <Labeled label="Overlap" value={`${Math.round(overlap * 100)} %`}>
            <Slider
              name="Overlap of tiles"
              value={overlap}
              min={0}
              max={0.9}
              step={0.05}
              text={`${Math.round(overlap * 100)} percent`}
              onInput={(value) => set({ overlap: value })}
            />
          </Labeled>
        )}
        <Toggle
          label="Trim edges"
          hint="Set a margin of 16 px to zero"
          checked={trim_edges}
          onChange={(on) => set({ trim_edges: on })}
        />
        <Labeled label="Blur (Å)">
          <TextField
            name="Gaussian blur of the result in Å"
            value={sigma > 0 ? String(sigma) : ""}
            placeholder="none"
            onCommit={(text) => set({ sigma: Number(text) > 0 ? Number(text) : 0 })}
          />
        </Labeled>
      </details>
    </>
  );
}
