// Boxes: a click places one, dragging moves the one that was hit, the right button removes the nearest within reach.
import { insideVolume, isInside, type Position } from "../geometry/axis";
import type { Box } from "../state/edits";
import type { ToolContext, ToolGesture, ToolPoint } from "./context";

/** Boxes within this distance (CSS pixels) of the pointer are grabbed; further away a new one is placed. */
const GRAB = 9;

function nearest(boxes: readonly Box[], { z, y, x }: Position): { index: number; distance: number } {
  let found = { index: -1, distance: Number.POSITIVE_INFINITY };
  boxes.forEach((box, index) => {
    const distance = box[0] === z ? Math.hypot(box[1] - y, box[2] - x) : Number.POSITIVE_INFINITY;
    if (distance < found.distance) found = { index, distance };
  });
  return found;
}

export function startBox(context: ToolContext, at: ToolPoint): ToolGesture | null {
  const { feature, shape, scale } = context;
  const position = context.voxelAt(at);
  const splice = (name: string, start: number, removed: Box[], added: Box[]) =>
    context.commit(name, [{ edit: "boxes", feature: feature.uid, start, removed, added }]);
  const boxes = feature.boxes.peek();
  const near = nearest(boxes, position);
  if (at.secondary) {
    const reach = Math.max(feature.settings.peek().box_size / 2, GRAB);
    if (near.distance <= reach) splice("Remove box", near.index, [boxes[near.index]], []);
    return null;
  }
  if (!isInside(position, shape)) return null;
  if (near.index < 0 || near.distance * scale > GRAB) {
    splice("Add box", boxes.length, [], [boxAt(position)]);
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
    move: (points) => put(boxAt(insideVolume(context.voxelAt(points[points.length - 1]), shape))),
    end() {
      const after = now;
      put(before);
      if (after.some((value, i) => value !== before[i])) splice("Move box", index, [before], [after]);
    },
    cancel: () => put(before),
  };
}

function boxAt({ z, y, x }: Position): Box {
  return [z, y, x];
}
