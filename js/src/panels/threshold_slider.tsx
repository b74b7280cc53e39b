// Above which probability a model counts as having found something; the picture follows at once.
import type { JSX } from "preact";
import type { ModelSet, ModelState } from "../state/model_set";
import { Labeled, Slider } from "./controls";

export function ThresholdSlider({ model, models }: { model: ModelState; models: ModelSet }): JSX.Element {
  const { threshold } = model.values.value;
  return (
    <Labeled label="Threshold" value={threshold.toFixed(2)}>
      <Slider
        name="Threshold"
        value={threshold}
        min={0}
        max={1}
        step={0.01}
        onInput={(value) => models.set(model, "threshold", value)}
      />
    </Labeled>
  );
}
