// Under the picture: the slice slider and what is under the cursor. Slices count from 0 everywhere, like rows and columns
// and like `mask(z)` in Python: what is read here can be typed there.
import type { JSX } from "preact";
import type { Viewer } from "../state/viewer";
import { Slider } from "./controls";

function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.01 || size >= 1e5)) return value.toExponential(2);
  return size >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
}

export function StatusBar({ viewer }: { viewer: Viewer }): JSX.Element | null {
  const tomogram = viewer.tomogram.value;
  if (!tomogram) return null;
  const [depth] = tomogram.info.value.shape;
  const z = viewer.shownZ.value;
  return (
    <div class="ais-status">
      <span class="ais-label">Slice</span>
      <Slider
        name="Slice"
        value={z}
        min={0}
        max={depth - 1}
        text={`slice ${z} of 0 to ${depth - 1}`}
        onInput={(value) => viewer.goTo("z", value)}
      />
      <span class="ais-value ais-slice-number">
        {z} / {depth - 1}
      </span>
      <Hover viewer={viewer} />
    </div>
  );
}

function Hover({ viewer }: { viewer: Viewer }): JSX.Element {
  const hover = viewer.hover.value;
  const scale = viewer.camera.value?.scale;
  return (
    <span class="ais-hover">
      {hover ? (
        <>
          <span>z {hover.at.z}</span>
          <span>y {hover.at.y}</span>
          <span>x {hover.at.x}</span>
          <span class="ais-grey" title={hover.exact ? "Exact grey value" : "Grey value as displayed"}>
            {hover.exact ? "" : "≈ "}
            {number(hover.value)}
          </span>
        </>
      ) : (
        <span>{scale ? `${Math.round(scale * 100)} %` : ""}</span>
      )}
    </span>
  );
}
