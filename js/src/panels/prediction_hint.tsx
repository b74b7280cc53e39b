// Switches the predictions of a view on and off, and says when one takes long, cannot be made or shows nothing.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { nothingAbove } from "../state/nothing_above";
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

export function PredictionHint({
  viewer,
}: {
  viewer: Parameters<typeof nothingAbove>[0];
}): JSX.Element | null {
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
