// A stage that does not exist yet: it says what it will offer.
import type { JSX } from "preact";

export function RenderStage(): JSX.Element {
  return (
    <section class="ais-to-come" role="tabpanel" aria-label="Render">
      <h3>Surfaces and picks are not available yet</h3>
      <p>
        This is where you will view segmentations as surfaces in three dimensions and turn them into particle
        coordinates. Until then, open the MRC volumes that Export writes in ChimeraX or IMOD.
      </p>
    </section>
  );
}
