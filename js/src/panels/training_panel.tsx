// From annotations to a trained model: the training set, the run, its curve.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ModelSet } from "../state/model_set";
import type { TrainingState } from "../state/training";
import { LostModels } from "./lost_models";
import { TrainingRunSection } from "./training_run_section";
import { TrainingSetSection } from "./training_set_section";

interface Props {
  training: TrainingState;
  models: ModelSet;
}

export function TrainingPanel({ training, models }: Props): JSX.Element {
  useEffect(() => void training.open(), [training]);
  return (
    <>
      <LostModels training={training} />
      <TrainingSetSection set={training.set} />
      <TrainingRunSection
        training={training}
        architectures={models.architectures}
        model={models.selected.value?.values.value ?? null}
      />
    </>
  );
}
