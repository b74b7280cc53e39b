// Things to know, the most serious first.
import type { JSX } from "preact";
import type { Note } from "../state/training_set";

export function Notes({ notes }: { notes: readonly Note[] }): JSX.Element | null {
  if (notes.length === 0) return null;
  return (
    <ul class="ais-notes">
      {notes.map((note) => (
        <li
          key={note.text}
          class={`ais-note-${note.kind}`}
          role={note.kind === "error" ? "alert" : undefined}
        >
          {note.text}
        </li>
      ))}
    </ul>
  );
}
