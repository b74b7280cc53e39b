// Switches the predictions of a view on and off, and says when one takes long or cannot be made.
import type { JSX } from "preact";
import type { Predictions } from "../state/predictions";
import type { Viewer } from "../state/viewer";
import { IconButton } from "./controls";

export function PredictionToggle({ viewer }: { viewer: Viewer }): JSX.Element | null {
  if (viewer.models.models.value.length === 0) return null;
  return (
    <IconButton
      icon="spark"
      name="Prediction"
      hint="Show what the models find in the slice (P)"
      pressed={viewer.predictions.on.value}
      onClick={() => viewer.predictions.toggle()}
    />
  );
}

export function PredictionHint({ predictions }: { predictions: Predictions }): JSX.Element | null {
  const { late, error } = predictions;
  if (error.value) return <span class="ais-hint ais-hint-error">No prediction: {error.value}</span>;
  return late.value ? (
    <span class="ais-hint" role="status">
      Predicting…
    </span>
  ) : null;
}
