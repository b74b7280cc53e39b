// Where a feature is annotated: slices that were drawn on or hold boxes; a click goes there.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import type { FeatureState } from "../state/feature";
import type { Viewer } from "../state/viewer";
import { Icon } from "./icons";

interface Props {
  feature: FeatureState;
  viewer: Viewer;
  actions: Actions;
}

export function SliceList({ feature, viewer, actions }: Props): JSX.Element | null {
  const boxes = new Map<number, number>();
  for (const [z] of feature.boxes.value) boxes.set(z, (boxes.get(z) ?? 0) + 1);
  const drawn = new Set(feature.slices.value);
  const slices = [...new Set([...drawn, ...boxes.keys()])].sort((a, b) => a - b);
  if (slices.length === 0) return null;
  const shown = viewer.shownZ.value;
  return (
    <ul class="ais-slices" aria-label="Annotated slices">
      {slices.map((z) => {
        const count = boxes.get(z) ?? 0;
        const parts = [
          drawn.has(z) ? "drawn" : "",
          count > 0 ? `${count} ${count === 1 ? "box" : "boxes"}` : "",
        ];
        const text = parts.filter(Boolean).join(", ");
        return (
          <li key={z} class={z === shown ? "ais-active" : ""}>
            <button type="button" title={`Go to slice ${z}: ${text}`} onClick={() => viewer.goTo("z", z)}>
              {z}
              {drawn.has(z) && <i class="ais-drawn" />}
              {count > 0 && <b>{count}</b>}
            </button>
            <button
              type="button"
              class="ais-clear"
              aria-label={`Clear ${z}`}
              title={`Remove drawing and boxes of slice ${z}`}
              onClick={() => actions.clearSlice(feature, z)}
            >
              <Icon name="close" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
