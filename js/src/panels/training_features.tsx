// What each feature is to the network: + to be found, 0 left out, − background.
import type { JSX } from "preact";
import { toHex } from "../state/colors";
import type { Role, TrainingSetState } from "../state/training_set";

const ROLES: { role: Role; sign: string; name: string }[] = [
  { role: -1, sign: "−", name: "negative: its boxes count as background" },
  { role: 0, sign: "0", name: "left out" },
  { role: 1, sign: "+", name: "positive: to be found" },
];

export function TrainingFeatures({
  set,
}: {
  set: Pick<TrainingSetState, "values" | "choose">;
}): JSX.Element | null {
  const { features } = set.values.value!;
  if (features.length === 0) return null;
  return (
    <ul class="ais-list ais-roles" aria-label="Features to train on">
      {features.map(({ title, color, role }) => (
        <li key={title} class="ais-role-row">
          <i class="ais-dot" style={{ background: toHex(color) }} />
          <span class="ais-row-title">{title}</span>
          <span class="ais-segments" role="radiogroup" aria-label={title}>
            {ROLES.map((one) => (
              <button
                type="button"
                role="radio"
                key={one.role}
                aria-checked={role === one.role}
                aria-label={`${title} ${one.name}`}
                title={one.name}
                onClick={() => void set.choose({ role: [title, one.role] })}
              >
                {one.sign}
              </button>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
