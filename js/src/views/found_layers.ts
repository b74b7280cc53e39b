// What models find in the displayed slice, as layers over it: finished results, otherwise live predictions.
import type { Axis } from "../geometry/axis";
import type { FoundLayer } from "../gl/plane_renderer";
import type { ModelSet, ModelValues } from "../state/model_set";
import type { Prediction } from "../state/predictions";
import type { ResultPlane } from "../state/results";
import type { Viewer } from "../state/viewer";
import type { PlaneTextures } from "./plane_textures";

/** How a result is drawn if its model is not open. */
const UNKNOWN: Look = { color: [1, 0.8, 0.2], alpha: 0.75, threshold: 0.5, blend: false };

type Look = Pick<ModelValues, "color" | "alpha" | "threshold" | "blend">;
type Found = Pick<Viewer, "tomogram" | "results" | "predictions" | "models" | "swapped">;

export function foundLayers(textures: PlaneTextures, axis: Axis, index: number, viewer: Found): FoundLayer[] {
  const tomogram = viewer.tomogram.peek();
  if (!tomogram) return [];
  const results = viewer.results.planes(tomogram.uid, axis, index);
  // Live predictions lie over the main view only: a cross-section would need the prediction of every slice.
  const shown = axis === "z" ? viewer.predictions.shown.peek() : null;
  const live = shown?.z === index && shown.tomogram === tomogram.uid ? shown : null;
  textures.keepLevels([
    ...results.map(({ path }) => path),
    ...(shown?.layers.map(({ model }) => model) ?? []),
  ]);
  const written = new Set(viewer.results.of(tomogram.uid).map(({ title }) => title));
  const hidden = viewer.predictions.copied.peek();
  return [
    ...results.map((result) => resultLayer(textures, viewer.models, result)),
    ...(live ? liveLayers(textures, viewer.models, live, written, hidden) : []),
  ].map((layer) => ({ ...layer, outlined: viewer.swapped.peek() }));
}

type Layer = Omit<FoundLayer, "outlined">;

function resultLayer(textures: PlaneTextures, models: ModelSet, result: ResultPlane): Layer {
  const { path, title, pixels, width, height } = result;
  const look =
    models.models
      .peek()
      .find((one) => one.values.peek().title === title)
      ?.values.peek() ?? UNKNOWN;
  return layer(textures, path, pixels, width, height, look);
}

/** The model in front is drawn last. */
function liveLayers(
  textures: PlaneTextures,
  models: ModelSet,
  { layers, width, height }: Prediction,
  written: ReadonlySet<string>,
  hidden: ReadonlySet<string>,
): Layer[] {
  const front = models.selectedUid.peek();
  const inOrder = [...layers].sort((a, b) => Number(a.model === front) - Number(b.model === front));
  return inOrder.flatMap(({ model, pixels }) => {
    const values = models.get(model)?.values.peek();
    if (!values?.show || !values.active || hidden.has(model) || written.has(values.title)) return [];
    return [layer(textures, model, pixels, width, height, values)];
  });
}

function layer(
  textures: PlaneTextures,
  key: string,
  pixels: Uint8Array,
  width: number,
  height: number,
  { color, alpha, threshold, blend }: Look,
): Layer {
  const texture = textures.levels(key, pixels, width, height);
  return { texture, tint: [...color, alpha] as const, threshold, multiplied: blend, width, height };
}

/** What the layers look like, so that they are drawn again when it changes. */
export function foundLook({ tomogram, models, results }: Found): string {
  const looks = models.models.value.map((model) => {
    const { uid, title, color, alpha, threshold, show, active, blend } = model.values.value;
    return [uid, title, color, alpha, threshold, show, active, blend];
  });
  const written = tomogram.value ? results.of(tomogram.value.uid).map(({ path }) => path) : [];
  return JSON.stringify([looks, models.selectedUid.value, written]);
}
