// A new model of a chosen architecture, named after the feature that is being painted.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Viewer } from "../state/viewer";
import { ArchitectureChoice, USUAL } from "./architecture_choice";

export function AddModel({ viewer, done }: { viewer: Viewer; done(): void }): JSX.Element {
  const { models } = viewer;
  const [chosen, setChosen] = useState(USUAL);
  const add = async () => {
    const feature = viewer.tomogram.peek()?.activeFeature?.settings.peek();
    const named = feature && !feature.title.startsWith("Unnamed feature");
    const origin = named ? { title: feature.title, color: feature.color } : {};
    if (await models.ask("model_add", { architecture: chosen, ...origin })) done();
  };
  return (
    <div class="ais-add">
      <ArchitectureChoice architectures={models.architectures} title={chosen} onChange={setChosen} />
      <span class="ais-answers">
        <button
          type="button"
          disabled={models.architectures.all.value.length === 0}
          onClick={() => void add()}
        >
          Add
        </button>
        <button type="button" onClick={done}>
          Cancel
        </button>
      </span>
    </div>
  );
}
