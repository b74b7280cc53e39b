// Takes over what a model finds in the slice in view as the drawing of the active feature.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import { copyPrediction } from "../state/copy_prediction";
import type { ModelState } from "../state/model_set";
import type { Viewer } from "../state/viewer";

interface Props {
  model: ModelState;
  viewer: Viewer;
  actions: Actions;
  onCopied?(): void;
}

export function CopyButton({ model, viewer, actions, onCopied }: Props): JSX.Element {
  const ready = viewer.predictions.shown.value?.layers.some((layer) => layer.model === model.uid) ?? false;
  const feature = viewer.tomogram.value?.activeFeature?.settings.value.title;
  const target = feature ? `“${feature}”` : "a new feature";
  return (
    <button
      type="button"
      class="ais-wide-button"
      disabled={!ready}
      title={`Draw what the model finds in this slice into ${target}, in place of what is drawn there; boxes stay`}
      onClick={() => {
        if (copyPrediction(viewer, actions, model)) onCopied?.();
      }}
    >
      Copy to annotation
    </button>
  );
}
