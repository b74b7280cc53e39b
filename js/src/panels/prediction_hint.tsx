// Switches the predictions of a view on and off, and says when one takes long or cannot be made.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { IconButton } from "./controls";

interface ToggleProps {
  on: ReadonlySignal<boolean>;
  onToggle(): void;
}

export function PredictionToggle({ on, onToggle }: ToggleProps): JSX.Element {
  return (
    <IconButton
      icon="spark"
      name="Prediction"
      hint="Show what the models find in the slice (P)"
      pressed={on.value}
      onClick={onToggle}
    />
  );
}

interface HintProps {
  viewer: { predictions: { late: ReadonlySignal<boolean>; error: ReadonlySignal<string | null> } };
}

export function PredictionHint({ viewer }: HintProps): JSX.Element | null {
  const { late, error } = viewer.predictions;
  if (error.value) return <span class="ais-hint ais-hint-error">No prediction: {error.value}</span>;
  return late.value ? (
    <span class="ais-hint" role="status">
      Predicting…
    </span>
  ) : null;
}
