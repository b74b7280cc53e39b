// The stage that is not there yet says what it will hold.
import type { JSX } from "preact";

export function RenderStage(): JSX.Element {
  return (
    <section class="ais-to-come" role="tabpanel" aria-label="Render">
      <h3>Surfaces and picks are to come</h3>
      <p>
        Here you will look at segmentations as surfaces in three dimensions and turn them into particle
        coordinates. Until then, Export writes MRC volumes that ChimeraX and IMOD open.
      </p>
    </section>
  );
}
