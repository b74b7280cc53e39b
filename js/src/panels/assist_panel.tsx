// While annotating: what the model in front finds, to be copied and corrected.
import type { JSX } from "preact";
import type { ModelSet } from "../state/model_set";
import { Section } from "./controls";
import { CopyButton, type CopyTarget } from "./copy_button";
import { ThresholdSlider } from "./threshold_slider";

interface Props {
  models: Pick<ModelSet, "models" | "selected" | "select" | "get" | "set">;
  target: CopyTarget;
}

export function AssistPanel({ models, target }: Props): JSX.Element | null {
  const ready = models.models.value.filter((model) => model.values.value.compiled);
  const model = ready.find((one) => one === models.selected.value) ?? ready[0];
  if (!model) return null;
  return (
    <Section title="From the model">
      <div class="ais-assist">
        {ready.length > 1 && (
          <select
            class="ais-select"
            aria-label="Model to copy from"
            value={model.uid}
            onChange={(event) => models.select(models.get(event.currentTarget.value)!)}
          >
            {ready.map((one) => (
              <option key={one.uid} value={one.uid}>
                {one.values.value.title}
              </option>
            ))}
          </select>
        )}
        <ThresholdSlider model={model} models={models} />
        <CopyButton model={model} target={target} />
      </div>
    </Section>
  );
}
