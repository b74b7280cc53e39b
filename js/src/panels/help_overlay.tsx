// Mouse and keys, over the picture.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { KEY_HELP, MOUSE_HELP } from "../kernel/generated/tables";
import { IconButton } from "./controls";

export function HelpOverlay({ open }: { open: Signal<boolean> }): JSX.Element | null {
  if (!open.value) return null;
  const list = (title: string, lines: readonly (readonly [string, string])[]) => (
    <section>
      <h3>{title}</h3>
      <dl>
        {lines.map(([key, what]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
  return (
    <div class="ais-help" role="dialog" aria-label="Mouse and keys">
      <IconButton
        icon="close"
        name="Close"
        onClick={() => {
          open.value = false;
        }}
      />
      {list("Mouse", MOUSE_HELP)}
      {list("Keys", KEY_HELP)}
    </div>
  );
}
