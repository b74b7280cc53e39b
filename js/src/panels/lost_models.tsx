// Models that were being trained, or were not saved, when their kernel ended.
import type { JSX } from "preact";
import type { TrainingState } from "../state/training";

export function LostModels({
  training,
}: {
  training: Pick<TrainingState, "lost" | "recover">;
}): JSX.Element | null {
  const [lost, ...others] = training.lost.value;
  if (!lost) return null;
  return (
    <div class="ais-lost" role="status">
      <p>
        The model “{lost.title}” from {new Date(lost.time * 1000).toLocaleString()}
        {lost.loss ? ` (loss ${lost.loss.toFixed(4)})` : ""} was not saved when its kernel ended
        {others.length > 0
          ? `; there ${others.length === 1 ? "is 1 more" : `are ${others.length} more`}`
          : ""}
        .
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
