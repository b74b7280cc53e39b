// What the picture depends on: asks for planes to be drawn again when something that they show has changed.
import { computed, effect } from "@preact/signals";
import { AXES, type Axis } from "../geometry/axis";
import type { SliceStore } from "../state/slice_store";
import type { Viewer } from "../state/viewer";
import { foundLook } from "./found_layers";

export interface Redraws {
  /** Picture and lines, of all planes or of one. */
  redraw(axis?: Axis): void;
  redrawLines(): void;
  /** Draws before anything else gets the processor. */
  paintNow(): void;
  /** Another slice is to be shown across this axis. */
  turnTo(axis: Axis): void;
  /** The slice in the picture. */
  shownIndex: Readonly<Record<Axis, number>>;
}

/** Returns what stops it. */
export function watchPicture(viewer: Viewer, slices: SliceStore, loop: Redraws): () => void {
  // The rest of what is known of a tomogram changes with every stroke.
  const look = computed(() => {
    const tomogram = viewer.tomogram.value;
    const info = tomogram?.info.value;
    const features = tomogram?.features.value.map((feature) => {
      const { color, alpha, visible, filled } = feature.settings.value;
      return [feature.uid, color, alpha, visible, filled];
    });
    return JSON.stringify([tomogram?.uid, info?.available, info?.voxel_size, features, viewer.filters.value]);
  });
  // A model in training reports several times a second; the picture waits until what it shows has changed.
  const found = computed(() => foundLook(viewer));
  const view = [
    viewer.contrast,
    viewer.inverted,
    viewer.interpolate,
    viewer.solo,
    viewer.swapped,
    viewer.camera,
    viewer.ortho,
    viewer.autocontrast,
  ];
  const stops = [
    effect(() => {
      look.value;
      viewer.tomogram.value?.features.value;
      for (const one of view) one.value;
      loop.redraw();
    }),
    effect(() => {
      viewer.predictions.shown.value;
      viewer.predictions.copied.value;
      loop.redraw("z");
    }),
    effect(() => {
      found.value;
      viewer.results.arrived.value;
      loop.redraw();
    }),
    effect(() => {
      for (const feature of viewer.tomogram.value?.features.value ?? []) {
        feature.boxes.value;
        feature.settings.value;
      }
      viewer.tomogram.value?.info.value.region;
      viewer.shownPicks.value;
      loop.redrawLines();
    }),
    effect(() => {
      const { key } = slices.arrived.value;
      if (!key) loop.redraw();
      else if (
        key.index === viewer.position.peek()[key.axis] &&
        key.tomogram === viewer.tomogram.peek()?.uid
      ) {
        loop.redraw(key.axis);
        if (key.axis === "z") loop.paintNow();
      }
    }),
    effect(() => {
      const position = viewer.position.value;
      for (const axis of AXES) if (loop.shownIndex[axis] !== position[axis]) loop.turnTo(axis);
      loop.redrawLines();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
