// A new model: the architectures to choose from, with what helps to choose.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Viewer } from "../state/viewer";
import { million } from "./model_card";

interface Architecture {
  title: string;
  summary: string;
  group: "current" | "plug-in" | "retired";
}

interface Facts {
  parameters: number;
  receptiveField: number | null;
  sizeMultiple: number;
}

const GROUPS = { current: "Current", "plug-in": "Plug-ins", retired: "Retired" } as const;
const USUAL = "VGGNet M";

export function AddModel({ viewer, done }: { viewer: Viewer; done(): void }): JSX.Element {
  const { models } = viewer;
  const [all, setAll] = useState<Architecture[]>([]);
  const [chosen, setChosen] = useState(USUAL);
  const [facts, setFacts] = useState<Record<string, Facts | null>>({});
  useEffect(() => {
    void models
      .ask<{ architectures: Architecture[] }>("architectures")
      .then((found) => setAll(found?.architectures ?? []));
  }, [models]);
  useEffect(() => {
    if (chosen in facts) return;
    void models.ask<{ facts: Facts | null }>("architecture_facts", { title: chosen }).then((found) => {
      if (found) setFacts((known) => ({ ...known, [chosen]: found.facts }));
    });
  }, [models, chosen]);
  const add = async () => {
    const feature = viewer.dataset.peek()?.activeFeature?.settings.peek();
    const named = feature && !feature.title.startsWith("Unnamed feature");
    const origin = named ? { title: feature.title, color: feature.color } : {};
    if (await models.ask("model_add", { architecture: chosen, ...origin })) done();
  };
  const summary = all.find((one) => one.title === chosen)?.summary;
  return (
    <div class="ais-add">
      <select
        class="ais-select"
        aria-label="Architecture"
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => {
          const members = all.filter((one) => one.group === group);
          return members.length > 0 ? (
            <optgroup key={group} label={GROUPS[group]}>
              {members.map(({ title }) => (
                <option key={title}>{title}</option>
              ))}
            </optgroup>
          ) : null;
        })}
      </select>
      <p class="ais-card-info">{summary}</p>
      <p class="ais-card-info">{described(facts, chosen)}</p>
      <span class="ais-answers">
        <button type="button" disabled={all.length === 0} onClick={() => void add()}>
          Add
        </button>
        <button type="button" onClick={done}>
          Cancel
        </button>
      </span>
    </div>
  );
}

function described(facts: Record<string, Facts | null>, title: string): string {
  if (!(title in facts)) return "Looking at the network…";
  const found = facts[title];
  if (!found) return "Not made of Keras layers; nothing is known of its size.";
  const sees = found.receptiveField
    ? `${found.receptiveField} × ${found.receptiveField} px`
    : "the whole image";
  return `${million(found.parameters)} parameters · sees ${sees} · boxes in multiples of ${found.sizeMultiple}`;
}
