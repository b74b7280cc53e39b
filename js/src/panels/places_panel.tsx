// Where the model in front is least certain: what to annotate next.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { isGoing } from "../state/job_status";
import type { ModelState } from "../state/model_set";
import type { Place, Places } from "../state/places";
import type { TomogramState } from "../state/tomogram";
import { Section } from "./controls";
import { JobProgress } from "./job_progress";

interface Props {
  model: ModelState | undefined;
  tomogram: TomogramState | undefined;
  position: ReadonlySignal<{ z: number }>;
  places: Pick<Places, "found" | "status" | "tomogram" | "find" | "cancel">;
  onGo(place: Place): void;
}

export function PlacesPanel({ model, tomogram, position, places, onGo }: Props): JSX.Element | null {
  if (!model?.values.value.compiled || !tomogram) return null;
  const status = places.status.value;
  const busy = status !== null && isGoing(status.state);
  const found = places.tomogram.value === tomogram.uid ? places.found.value : [];
  const { z: shown } = position.value;
  const find = (
    <button
      type="button"
      class="ais-chip"
      disabled={busy}
      title={`Find the places where “${model.values.value.title}” is least certain and nothing is annotated`}
      onClick={(event) => {
        event.preventDefault();
        void places.find(tomogram, model);
      }}
    >
      Find
    </button>
  );
  return (
    <Section title="Least certain" aside={find}>
      {status && (busy || status.state === "failed") && (
        <JobProgress status={status} onCancel={() => places.cancel()} />
      )}
      {!busy && found.length === 0 && (
        <p class="ais-empty">
          {status?.state === "done"
            ? "Every uncertain place is annotated already."
            : "The boxes that would teach the model most if you annotated them next."}
        </p>
      )}
      {found.length > 0 && (
        <ol class="ais-places" aria-label="Least certain places">
          {found.map((place) => (
            <li key={`${place.z}/${place.y}/${place.x}`} class={place.z === shown ? "ais-active" : ""}>
              <button
                type="button"
                title={`Go to slice ${place.z}, y ${place.y}, x ${place.x}: ${place.score.toFixed(2)} bits per pixel`}
                onClick={() => onGo(place)}
              >
                <span>z {place.z}</span>
                <i class="ais-meter" style={{ "--filled": `${100 * (place.score / found[0].score)}%` }} />
                <span>{place.score.toFixed(2)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
