// Models that were in training, or not saved, when their kernel ended.
import type { JSX } from "preact";
import type { TrainingState } from "../state/training";

export function LostModels({ training }: { training: TrainingState }): JSX.Element | null {
  const [lost, ...others] = training.lost.value;
  if (!lost) return null;
  return (
    <div class="ais-lost" role="status">
      <p>
        The model “{lost.title}” of {new Date(lost.time * 1000).toLocaleString()}
        {lost.loss > 0 ? ` (loss ${lost.loss.toFixed(4)})` : ""} was not saved when its kernel ended
        {others.length > 0 ? `; ${others.length} more were left behind` : ""}.
      </p>
      <div class="ais-answers">
        <button type="button" onClick={() => void training.recover(lost, false)}>
          Recover model
        </button>
        <button type="button" onClick={() => void training.recover(lost, true)}>
          Discard model
        </button>
      </div>
    </div>
  );
}
