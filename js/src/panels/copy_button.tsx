// Copies what a model finds in the slice in view into the drawing of the active feature.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ModelState } from "../state/model_set";
import type { Prediction } from "../state/predictions";

/** Where predictions are copied to. */
export interface CopyTarget {
  /** What the models find in the slice in view. */
  prediction: ReadonlySignal<Prediction | null>;
  /** Title of the feature that is painted; undefined: one will be made. */
  feature: ReadonlySignal<string | undefined>;
  copy(model: ModelState): void;
}

export function CopyButton({ model, target }: { model: ModelState; target: CopyTarget }): JSX.Element {
  const ready = target.prediction.value?.layers.some((layer) => layer.model === model.uid) ?? false;
  const feature = target.feature.value;
  const into = feature === undefined ? "a new feature" : `“${feature}”`;
  return (
    <button
      type="button"
      class="ais-wide-button"
      disabled={!ready}
      title={`Replace the drawing of ${into} in this slice with what the model finds; boxes stay`}
      onClick={() => target.copy(model)}
    >
      Copy to annotation
    </button>
  );
}
