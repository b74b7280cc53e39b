// Which part of the tomogram in view is segmented: a range of slices and a rectangle.
import type { JSX } from "preact";
import type { SetRegion } from "../kernel/generated/wire";
import type { TomogramState } from "../state/tomogram";
import { Section } from "./controls";
import { NumberField } from "./fields";

interface Props {
  tomogram: TomogramState | undefined;
  /** Whether other tomograms are open: each has a part of its own. */
  among: boolean;
  onChange(part: Pick<SetRegion, "region" | "z_range">): void;
}

export function RegionFields({ tomogram, among, onChange }: Props): JSX.Element | null {
  if (!tomogram) return null;
  const { z_range, region } = tomogram.info.value;
  const [first, end] = z_range;
  const [y0, y1, x0, x1] = region;
  const range = (from: number, to: number) => onChange({ z_range: [from, to] });
  return (
    <Section title="Part to segment">
      <div class="ais-form">
        {among && (
          <p class="ais-note">
            Of “{tomogram.info.value.name}” alone. Show another tomogram to choose its part.
          </p>
        )}
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
              : "whole slices; drag with the Region tool to choose a part"}
          </span>
          {tomogram.cropped && (
            <button type="button" class="ais-chip" onClick={() => onChange({ region: null })}>
              Whole slices
            </button>
          )}
        </div>
      </div>
    </Section>
  );
}
