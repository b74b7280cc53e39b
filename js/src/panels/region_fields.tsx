// Which part of the tomogram in view is segmented: a range of slices and a rectangle.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import type { Viewer } from "../state/viewer";
import { NumberField, Section } from "./controls";

export function RegionFields({ viewer, actions }: { viewer: Viewer; actions: Actions }): JSX.Element | null {
  const tomogram = viewer.tomogram.value;
  if (!tomogram) return null;
  const { z_range, region } = tomogram.info.value;
  const [first, end] = z_range;
  const [y0, y1, x0, x1] = region;
  const range = (from: number, to: number) => void actions.ask("region", { z_range: [from, to] });
  return (
    <Section title="Part to segment">
      <div class="ais-form">
        <div class="ais-pair">
          <span class="ais-label">Slices</span>
          <NumberField
            name="First slice"
            value={first}
            min={0}
            max={end - 1}
            onCommit={(value) => range(value, end)}
          />
          <span>–</span>
          <NumberField
            name="Last slice"
            value={end - 1}
            min={first}
            max={tomogram.depth - 1}
            onCommit={(value) => range(first, value + 1)}
          />
        </div>
        <div class="ais-pair">
          <span class="ais-label">Region</span>
          <span class="ais-value">
            {tomogram.cropped
              ? `${x1 - x0} × ${y1 - y0} px at ${x0}, ${y0}`
              : "whole slices; drag with the Region tool"}
          </span>
          {tomogram.cropped && (
            <button
              type="button"
              class="ais-chip"
              onClick={() => void actions.ask("region", { region: null })}
            >
              Whole
            </button>
          )}
        </div>
      </div>
    </Section>
  );
}
