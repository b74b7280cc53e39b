// Switches the predictions of a view on and off, and says when one takes long, cannot be made or shows nothing.
import type { JSX } from "preact";
import { nothingAbove } from "../state/nothing_above";
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

export function PredictionHint({ viewer }: { viewer: Viewer }): JSX.Element | null {
  const { late, error } = viewer.predictions;
  if (error.value) return <span class="ais-hint ais-hint-error">No prediction: {error.value}</span>;
  if (late.value) return <Hint text="Predicting…" />;
  const text = nothingAbove(viewer);
  return text ? <Hint text={text} /> : null;
}

function Hint({ text }: { text: string }): JSX.Element {
  return (
    <span class="ais-hint" role="status">
      {text}
    </span>
  );
}
