// The probability above which a model counts as having found something; the picture follows at once.
import type { JSX } from "preact";
import type { ModelSet, ModelState } from "../state/model_set";
import { Labeled, Slider } from "./controls";

interface Props {
  model: ModelState;
  models: Pick<ModelSet, "set">;
}

export function ThresholdSlider({ model, models }: Props): JSX.Element {
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
