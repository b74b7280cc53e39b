// Names to choose from while a name is typed.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";

export function LibraryTitles({
  titles,
  id,
}: {
  titles: ReadonlySignal<readonly string[]>;
  id: string;
}): JSX.Element {
  return (
    <datalist id={id}>
      {titles.value.map((title) => (
        <option key={title} value={title} />
      ))}
    </datalist>
  );
}
