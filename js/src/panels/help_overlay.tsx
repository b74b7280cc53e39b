// Mouse and keys, over the picture.
import type { JSX } from "preact";
import type { Viewer } from "../state/viewer";
import { IconButton } from "./controls";

const MOUSE: [string, string][] = [
  ["left button", "use the tool"],
  ["right button", "erase · remove box"],
  ["shift + left", "place or move a box"],
  ["shift + right", "remove the nearest box"],
  ["wheel", "next slice (around the end), also while drawing"],
  ["shift + wheel", "zoom to the cursor"],
  ["ctrl + wheel", "brush size"],
  ["middle drag", "move the picture"],
  ["ctrl + middle drag", "brush size"],
  ["two fingers", "move and zoom"],
];

const KEYS: [string, string][] = [
  ["V B E L", "move, brush, erase, lasso"],
  ["F", "flood on and off"],
  ["− =", "sensitivity of the flood"],
  ["[ ]", "brush size"],
  ["← →", "slice (shift: five)"],
  ["↑ ↓", "tomogram"],
  ["W S", "previous, next feature"],
  ["X", "hide or show the feature"],
  ["shift + F", "filled or outline"],
  ["N", "copy the drawing to the next slice"],
  ["P", "predictions on and off"],
  ["O", "which is filled where both are shown: prediction or annotation"],
  ["A", "automatic contrast"],
  ["I", "invert (shift: interpolate)"],
  ["Z", "filters on and off"],
  ["space", "fit the picture"],
  ["ctrl + Z", "undo (shift: redo)"],
  ["ctrl + S", "save"],
  ["?", "this help"],
];

export function HelpOverlay({ viewer }: { viewer: Viewer }): JSX.Element | null {
  if (!viewer.help.value) return null;
  const list = (title: string, rows: [string, string][]) => (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([key, what]) => (
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
          viewer.help.value = false;
        }}
      />
      {list("Mouse", MOUSE)}
      {list("Keys", KEYS)}
    </div>
  );
}
