// The architectures to choose from, with what helps to choose.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Facts } from "../kernel/generated/wire";
import type { Architectures } from "../state/architectures";
import { countOf } from "./words";

const GROUPS = { current: "Current", "plug-in": "Plug-ins", retired: "Retired" } as const;

interface Props {
  architectures: Architectures;
  title: string;
  onChange(title: string): void;
}

export function ArchitectureChoice({ architectures, title, onChange }: Props): JSX.Element {
  useEffect(() => void architectures.open(), [architectures]);
  useEffect(() => void architectures.look(title), [architectures, title]);
  const all = architectures.all.value;
  return (
    <>
      <select
        class="ais-select"
        aria-label="Architecture"
        value={title}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => {
          const members = all.filter((one) => one.group === group);
          return members.length > 0 ? (
            <optgroup key={group} label={GROUPS[group]}>
              {members.map((one) => (
                <option key={one.title} value={one.title}>
                  {one.title}
                </option>
              ))}
            </optgroup>
          ) : null;
        })}
      </select>
      <p class="ais-card-info">{all.find((one) => one.title === title)?.summary}</p>
      <p class="ais-card-info">{described(architectures.facts.value[title])}</p>
    </>
  );
}

function described(facts: Facts | null | undefined): string {
  if (facts === undefined) return "Looking at the network…";
  if (facts === null) return "Not built of Keras layers, so its size is unknown.";
  const field = facts.receptive_field;
  const sees = field ? `sees ${field} × ${field} px` : "sees the whole image";
  const slices = facts.depth_multiple > 1 ? ` and of ${facts.depth_multiple} slices` : "";
  return `${countOf(facts.parameters)} parameters · ${sees} · boxes in multiples of ${facts.size_multiple} px${slices}`;
}
