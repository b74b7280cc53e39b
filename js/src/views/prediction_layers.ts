// The predictions of the shown slice as layers over it; the model in front is drawn last.
import type { OverlayLayer } from "../gl/plane_renderer";
import type { ModelSet } from "../state/model_set";
import type { Prediction } from "../state/predictions";
import type { PlaneTextures } from "./plane_textures";

export function predictionLayers(
  textures: PlaneTextures,
  models: ModelSet,
  { layers, width, height }: Prediction,
  hidden: ReadonlySet<string>,
): OverlayLayer[] {
  const front = models.selectedUid.peek();
  const inOrder = [...layers].sort((a, b) => Number(a.model === front) - Number(b.model === front));
  return inOrder.flatMap(({ model, pixels }) => {
    const values = models.get(model)?.values.peek();
    if (!values?.show || !values.active || hidden.has(model)) return [];
    const { color, alpha, threshold, blend } = values;
    const texture = textures.overlay(model, pixels, width, height);
    return [{ texture, tint: [...color, alpha] as const, threshold, multiplied: blend, width, height }];
  });
}

/** What the layers look like, so that they are drawn again when it changes. */
export function predictionLook(models: ModelSet): string {
  const looks = models.models.value.map((model) => {
    const { uid, color, alpha, threshold, show, active, blend } = model.values.value;
    return [uid, color, alpha, threshold, show, active, blend];
  });
  return JSON.stringify([looks, models.selectedUid.value]);
}
