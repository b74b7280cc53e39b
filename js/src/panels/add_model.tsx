// A new model of a chosen architecture.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { PROPOSED_ARCHITECTURE } from "../kernel/generated/tables";
import type { Architectures } from "../state/architectures";
import { ArchitectureChoice } from "./architecture_choice";

interface Props {
  architectures: Architectures;
  /** Opens the model; resolves to whether that worked. */
  onAdd(architecture: string): Promise<boolean>;
  done(): void;
}

export function AddModel({ architectures, onAdd, done }: Props): JSX.Element {
  const [chosen, setChosen] = useState<string>(PROPOSED_ARCHITECTURE);
  const add = async () => {
    if (await onAdd(chosen)) done();
  };
  return (
    <div class="ais-add">
      <ArchitectureChoice architectures={architectures} title={chosen} onChange={setChosen} />
      <span class="ais-answers">
        <button type="button" disabled={architectures.all.value.length === 0} onClick={() => void add()}>
          Add
        </button>
        <button type="button" onClick={done}>
          Cancel
        </button>
      </span>
    </div>
  );
}
