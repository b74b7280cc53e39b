// Which tomograms boxes are cut from, and how many from each.
import type { JSX } from "preact";
import type { TrainingSetState } from "../state/training_set";

export function TrainingTomograms({
  set,
}: {
  set: Pick<TrainingSetState, "values" | "choose">;
}): JSX.Element {
  const { tomograms } = set.values.value!;
  return (
    <ul class="ais-list ais-takes" aria-label="Tomograms to train on">
      {tomograms.map(({ uid, name, taken, positive = 0, negative = 0 }) => (
        <li key={uid}>
          <label class="ais-toggle ais-take">
            <input
              type="checkbox"
              checked={taken}
              onChange={(event) => void set.choose({ take: [uid, event.currentTarget.checked] })}
            />
            <span class="ais-row-title">{name}</span>
            <span class="ais-count" title={`${positive} positive and ${negative} negative boxes`}>
              {taken ? `+${positive}${negative > 0 ? ` −${negative}` : ""}` : ""}
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
