// Boxes: a click places one, dragging moves the one that was hit, the right button removes the nearest within reach.
import type { Box, StepName } from "../state/edits";
import type { ToolContext, ToolGesture, ToolPoint } from "./context";

/** Boxes within this distance (CSS pixels) of the pointer are taken instead of placing another. */
const GRAB = 9;

function nearest(
  boxes: readonly Box[],
  z: number,
  y: number,
  x: number,
): { index: number; distance: number } {
  let found = { index: -1, distance: Number.POSITIVE_INFINITY };
  boxes.forEach((box, index) => {
    const distance = box[0] === z ? Math.hypot(box[1] - y, box[2] - x) : Number.POSITIVE_INFINITY;
    if (distance < found.distance) found = { index, distance };
  });
  return found;
}

export function startBox(context: ToolContext, at: ToolPoint): ToolGesture | null {
  const { tomogram, feature, tomograms, viewer, axis } = context;
  const [depth, height, width] = tomogram.info.peek().shape;
  const place = (point: ToolPoint): [number, number, number] => {
    const column = Math.floor(point.column);
    const row = Math.floor(point.row);
    if (axis === "z") return [context.index, row, column];
    return axis === "y" ? [row, context.index, column] : [row, column, context.index];
  };
  const [z, y, x] = place(at);
  const splice = (name: StepName, start: number, removed: Box[], added: Box[]) =>
    tomograms.commit(tomogram, name, [{ edit: "boxes", feature: feature.uid, start, removed, added }]);
  const boxes = feature.boxes.peek();
  const near = nearest(boxes, z, y, x);
  if (at.secondary) {
    const reach = Math.max(feature.settings.peek().box_size / 2, GRAB);
    if (near.distance <= reach) splice("Remove box", near.index, [boxes[near.index]], []);
    return null;
  }
  if (z < 0 || z >= depth || y < 0 || y >= height || x < 0 || x >= width) return null;
  const scale = viewer.camera.peek()?.scale ?? 1;
  if (near.index < 0 || near.distance * scale > GRAB) {
    splice("Add box", boxes.length, [], [[z, y, x]]);
    return null;
  }
  const { index } = near;
  const before = boxes[index];
  let now: Box = before;
  const put = (box: Box) => {
    now = box;
    const moved = [...feature.boxes.peek()];
    moved[index] = box;
    feature.boxes.value = moved;
  };
  return {
    move: (points) => put(place(points[points.length - 1])),
    end() {
      const after = now;
      put(before);
      if (after.some((value, i) => value !== before[i])) splice("Move box", index, [before], [after]);
    },
    cancel: () => put(before),
  };
}
