// Names to choose from: those of the feature library, then those of all open tomograms.
import type { JSX } from "preact";
import type { Viewer } from "../state/viewer";

export function LibraryTitles({ viewer, id }: { viewer: Viewer; id: string }): JSX.Element {
  const known = viewer.tomograms.library.value.map((entry) => entry.title);
  const used = viewer.tomograms.all.value
    .flatMap((tomogram) => tomogram.features.value.map((feature) => feature.settings.value.title))
    .filter((title) => !title.includes("Unnamed feature"));
  return (
    <datalist id={id}>
      {[...new Set([...known, ...used])].map((title) => (
        <option key={title} value={title} />
      ))}
    </datalist>
  );
}
