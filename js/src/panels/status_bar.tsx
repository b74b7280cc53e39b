// Under the picture: the slice slider and what is under the cursor. Slices count from 0, as rows and columns do and as
// `mask(z)` in Python does, so that a number read here can be typed there.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { TomogramState } from "../state/tomogram";
import { Slider } from "./controls";

/** What one view shows, and where its cursor is. */
export interface StatusView {
  tomogram: ReadonlySignal<TomogramState | undefined>;
  shownZ: ReadonlySignal<number>;
  camera: ReadonlySignal<{ scale: number } | null>;
  hover: ReadonlySignal<{ at: { z: number; y: number; x: number }; value: number; exact: boolean } | null>;
  goTo(axis: "z", index: number): void;
}

function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.01 || size >= 1e5)) return value.toExponential(2);
  return size >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
}

export function StatusBar({ view }: { view: StatusView }): JSX.Element | null {
  const tomogram = view.tomogram.value;
  if (!tomogram) return null;
  const [depth] = tomogram.info.value.shape;
  const z = view.shownZ.value;
  return (
    <div class="ais-status">
      <span class="ais-label">Slice</span>
      <Slider
        name="Slice"
        value={z}
        min={0}
        max={depth - 1}
        text={`slice ${z}, from 0 to ${depth - 1}`}
        onInput={(value) => view.goTo("z", value)}
      />
      <span class="ais-value ais-slice-number">
        {z} / {depth - 1}
      </span>
      <Hover view={view} />
    </div>
  );
}

function Hover({ view }: { view: StatusView }): JSX.Element {
  const hover = view.hover.value;
  const scale = view.camera.value?.scale;
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
