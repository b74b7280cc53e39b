// Where a feature is annotated: slices with a drawing or boxes; a click goes there.
import type { JSX } from "preact";
import type { FeatureState } from "../state/feature";
import { Icon } from "./icons";
import { counted } from "./words";

interface Props {
  feature: FeatureState;
  /** The slice in view. */
  shown: number;
  onGo(z: number): void;
  onClear(z: number): void;
}

export function SliceList({ feature, shown, onGo, onClear }: Props): JSX.Element | null {
  const boxes = new Map<number, number>();
  for (const [z] of feature.boxes.value) boxes.set(z, (boxes.get(z) ?? 0) + 1);
  const drawn = new Set(feature.slices.value);
  const slices = [...new Set([...drawn, ...boxes.keys()])].sort((a, b) => a - b);
  if (slices.length === 0) return null;
  return (
    <ul class="ais-slices" aria-label="Annotated slices">
      {slices.map((z) => {
        const count = boxes.get(z) ?? 0;
        const parts = [drawn.has(z) ? "drawn" : "", count > 0 ? counted(count, "box", "boxes") : ""];
        const text = parts.filter(Boolean).join(", ");
        return (
          <li key={z} class={z === shown ? "ais-active" : ""}>
            <button type="button" title={`Go to slice ${z}: ${text}`} onClick={() => onGo(z)}>
              {z}
              {drawn.has(z) && <i class="ais-drawn" />}
              {count > 0 && <b>{count}</b>}
            </button>
            <button
              type="button"
              class="ais-clear"
              aria-label={`Clear ${z}`}
              title={`Remove the drawing and boxes of slice ${z}`}
              onClick={() => onClear(z)}
            >
              <Icon name="close" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
