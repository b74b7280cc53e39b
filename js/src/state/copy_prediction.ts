// Copies what a model finds in the slice in view into the drawing of the active feature, where it can be corrected.
import { makePatch } from "../labels/patch";
import { boundingBox, cut, isEmpty, union } from "../labels/region";
import type { Actions } from "./actions";
import type { Edit } from "./edits";
import type { ModelState } from "./model_set";
import type { Viewer } from "./viewer";

/** Pixels of the slice in view where a model exceeds its threshold, 0 and 1; null while no prediction is there. */
export function foundBy(
  viewer: Pick<Viewer, "predictions" | "position">,
  model: ModelState | undefined,
): Uint8Array | null {
  const shown = viewer.predictions.shown.peek();
  const layer = shown?.layers.find((one) => one.model === model?.uid);
  if (!model || !layer || shown?.z !== viewer.position.peek().z) return null;
  const least = model.values.peek().threshold * 255 + 1e-3; // equal is not above, whatever the rounding
  return layer.pixels.map((level) => (level > least ? 1 : 0));
}

/** Replaces the drawing of the slice as one step, and keeps the boxes; returns whether there was something to copy. */
export function copyPrediction(viewer: Viewer, actions: Actions, model: ModelState): boolean {
  const tomogram = viewer.tomogram.peek();
  const after = foundBy(viewer, model);
  if (!tomogram?.loaded.peek() || !after) return false;
  actions.flush();
  const { title, color } = model.values.peek();
  const feature = tomogram.activeFeature ?? actions.addFeature({ title, color });
  if (!feature) return false;
  const { z } = viewer.position.peek();
  const { width, height } = feature.masks;
  const before = feature.masks.get(z) ?? null;
  const found = boundingBox(after, width, height);
  if (isEmpty(found) && !before) {
    void viewer.tomograms.problems.report(
      "copy",
      `“${title}” finds nothing above its threshold in this slice.`,
    );
    return false;
  }
  const rect = union(found, before ? boundingBox(before, width, height) : found);
  const old = before && cut(before, width, rect);
  const edits: Edit[] = [
    { edit: "patch", patch: makePatch(feature.uid, z, rect, old, cut(after, width, rect)) },
  ];
  if (!feature.settings.peek().visible)
    edits.push({ edit: "setting", feature: feature.uid, name: "visible", before: false, after: true });
  viewer.tomograms.commit(tomogram, "Copy prediction", edits);
  viewer.predictions.copied.value = new Set([...viewer.predictions.copied.peek(), model.uid]);
  return true;
}
