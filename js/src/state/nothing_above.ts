// Says when no model finds anything in the slice in view, and how close it comes to its threshold.
import type { Viewer } from "./viewer";

const highest = new WeakMap<Uint8Array, number>();

/** The highest level of a prediction, 0–255. */
function highestOf(pixels: Uint8Array): number {
  let found = highest.get(pixels);
  if (found === undefined) {
    found = 0;
    for (const level of pixels) if (level > found) found = level;
    highest.set(pixels, found);
  }
  return found;
}

/** "" while there is no prediction, or where something is above a threshold. */
export function nothingAbove(viewer: Pick<Viewer, "predictions" | "models">): string {
  const prediction = viewer.predictions.shown.value;
  const copied = viewer.predictions.copied.value;
  if (!prediction) return "";
  const shown = prediction.layers.flatMap(({ model, pixels }) => {
    const values = viewer.models.get(model)?.values.value;
    if (!values?.show || !values.active) return [];
    return [{ ...values, level: highestOf(pixels) / 255, copied: copied.has(model) }];
  });
  const seen = shown.some(({ level, threshold, copied }) => copied || level > threshold + 1e-5);
  if (seen || shown.length === 0) return "";
  const [{ threshold, level }] = shown;
  if (shown.length === 1) return `Nothing above ${threshold.toFixed(2)}, highest ${below(level, threshold)}`;
  const each = shown.map((one) => `${one.title} ${below(one.level, one.threshold)}`);
  return `Nothing above the thresholds; highest: ${each.join(", ")}`;
}

/** Two digits, never rounded up to the threshold that it does not reach. */
function below(level: number, threshold: number): string {
  const rounded = Math.round(level * 100);
  return (Math.min(rounded, level < threshold ? Math.ceil(threshold * 100) - 1 : rounded) / 100).toFixed(2);
}
