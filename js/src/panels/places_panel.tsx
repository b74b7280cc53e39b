// Where the model in front is least certain: what to annotate next.
import type { JSX } from "preact";
import { goToPlace, type Places } from "../state/places";
import type { Viewer } from "../state/viewer";
import { Section } from "./controls";
import { JobProgress } from "./job_progress";

export function PlacesPanel({ viewer, places }: { viewer: Viewer; places: Places }): JSX.Element | null {
  const model = viewer.models.selected.value;
  const tomogram = viewer.tomogram.value;
  if (!model?.values.value.compiled || !tomogram) return null;
  const status = places.status.value;
  const busy = status?.state === "running" || status?.state === "waiting";
  const found = places.tomogram.value === tomogram.uid ? places.found.value : [];
  const { z: shown } = viewer.position.value;
  const find = (
    <button
      type="button"
      class="ais-chip"
      disabled={busy}
      title={`Look for the places where “${model.values.value.title}” is least certain and nothing is annotated`}
      onClick={(event) => {
        event.preventDefault();
        void places.find(viewer, model);
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
            ? "Nothing that is not annotated yet."
            : "The boxes that teach the model most when they are annotated next."}
        </p>
      )}
      {found.length > 0 && (
        <ol class="ais-places" aria-label="Least certain places">
          {found.map((place) => (
            <li key={`${place.z}/${place.y}/${place.x}`} class={place.z === shown ? "ais-active" : ""}>
              <button
                type="button"
                title={`Go to slice ${place.z}, y ${place.y}, x ${place.x}: ${place.score.toFixed(2)} bits per pixel`}
                onClick={() => goToPlace(viewer, place)}
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
