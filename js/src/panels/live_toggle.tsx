// Switches on that forests learn from each stroke, and says how they stand.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Live } from "../kernel/generated/wire";

export interface LiveControl {
  state: ReadonlySignal<Live>;
  toggle(): void;
}

const HINT = "Learn from every stroke, and show what is found elsewhere; about a second for each stroke";

export function LiveToggle({ live }: { live: LiveControl }): JSX.Element {
  const { on, learning, note } = live.state.value;
  const says = !on ? "" : learning ? `learning ${learning}…` : note;
  return (
    <span class="ais-option">
      <button
        type="button"
        class="ais-chip"
        aria-pressed={on}
        title={HINT}
        data-settled={on && live.state.value.settled}
        onClick={() => live.toggle()}
      >
        Live
      </button>
      {says && (
        <span class="ais-value ais-live" role="status" title={says}>
          {says}
        </span>
      )}
    </span>
  );
}
