// What can be done with a model's training: begin, train further, start over, stop.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ModelValues } from "../kernel/generated/wire";

interface Props {
  /** null: a new one. */
  model: Pick<ModelValues, "title" | "compiled" | "path"> | null;
  /** Whether it is in training, or waits for its turn. */
  active: boolean;
  stopping: boolean;
  /** Whether there is a training set. */
  hasSet: boolean;
  alive: boolean;
  onTrain(startOver: boolean): void;
  onStop(): void;
}

export function TrainingActions(props: Props): JSX.Element {
  const { model, active, stopping, hasSet, alive, onTrain, onStop } = props;
  const [asking, setAsking] = useState(false);
  if (model && active)
    return (
      <div class="ais-buttons">
        <button
          type="button"
          class="ais-plain"
          disabled={!alive || stopping}
          title="Stop after this batch and keep what was learnt"
          onClick={onStop}
        >
          Stop
        </button>
      </div>
    );
  const possible = hasSet && alive;
  const missing = hasSet ? undefined : "Make a training set first";
  if (!model?.compiled)
    return (
      <div class="ais-buttons">
        <button
          type="button"
          class="ais-plain ais-primary"
          disabled={!possible}
          title={missing}
          onClick={() => onTrain(false)}
        >
          Train
        </button>
      </div>
    );
  if (asking)
    return (
      <div class="ais-question">
        <span>
          Discard what “{model.title}” has learnt, and train it from new weights?
          {model.path ? " Its file stays as it is until you save the model." : ""}
        </span>
        <span class="ais-answers">
          <button
            type="button"
            class="ais-danger"
            disabled={!possible}
            onClick={() => {
              setAsking(false);
              onTrain(true);
            }}
          >
            Discard and start over
          </button>
          <button type="button" onClick={() => setAsking(false)}>
            Keep
          </button>
        </span>
      </div>
    );
  return (
    <div class="ais-buttons">
      <button
        type="button"
        class="ais-plain ais-primary"
        disabled={!possible}
        title={
          missing ?? "Train for the epochs above, from the weights that the model has; the curve continues"
        }
        onClick={() => onTrain(false)}
      >
        Train further
      </button>
      <button
        type="button"
        class="ais-plain"
        disabled={!possible}
        title={missing ?? "Train from new weights, with a new curve"}
        onClick={() => setAsking(true)}
      >
        Start over
      </button>
    </div>
  );
}
