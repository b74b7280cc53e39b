// Region: drag a rectangle on the main view; only that part of each slice is segmented.
import type { Place } from "../geometry/plane";
import type { Region } from "../state/tomogram";

/** Edge in pixels; a smaller rectangle counts as a click, which selects the whole slice. */
const SMALLEST = 8;

export interface RegionContext {
  width: number;
  height: number;
  /** Shows a line under construction. */
  outline(points: readonly Place[] | null): void;
  /** Null: the whole slice. */
  set(region: Region | null): void;
}

export interface RegionGesture {
  move(points: readonly Place[]): void;
  end(): void;
  cancel(): void;
}

export function startRegion(context: RegionContext, from: Place): RegionGesture {
  let to = from;
  return {
    move(points) {
      to = points[points.length - 1];
      const [y0, y1, x0, x1] = regionBetween(from, to, context.width, context.height);
      context.outline([
        { column: x0, row: y0 },
        { column: x1, row: y0 },
        { column: x1, row: y1 },
        { column: x0, row: y1 },
      ]);
    },
    end() {
      context.outline(null);
      const region = regionBetween(from, to, context.width, context.height);
      const large = region[1] - region[0] >= SMALLEST && region[3] - region[2] >= SMALLEST;
      context.set(large ? region : null);
    },
    cancel: () => context.outline(null),
  };
}

/** Whole pixels between two corners, inside the image. */
export function regionBetween(a: Place, b: Place, width: number, height: number): Region {
  const inside = (value: number, size: number) => Math.min(size, Math.max(0, value));
  return [
    inside(Math.floor(Math.min(a.row, b.row)), height),
    inside(Math.ceil(Math.max(a.row, b.row)), height),
    inside(Math.floor(Math.min(a.column, b.column)), width),
    inside(Math.ceil(Math.max(a.column, b.column)), width),
  ];
}
