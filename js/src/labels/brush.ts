// The shapes a brush paints, as runs of pixels in rows. Positions are pixel numbers; a pixel is
// painted, as in desktop Ais, when dx² + dy² < r² (strictly) between integer positions.
import type { Run } from "../geometry/plane";

/** Pixels. No brush needs to be larger, and one without limit would never finish. */
export const LARGEST_RADIUS = 4096;

/** Half width of the disc at each row offset from 0; empty unless the radius is a number above 0. */
function halfWidths(wanted: number, aspect: number): number[] {
  const widths: number[] = [];
  const radius = Math.min(LARGEST_RADIUS, wanted);
  if (!(radius > 0 && aspect > 0)) return widths;
  const squared = radius * radius;
  for (let row = 0; row < LARGEST_RADIUS; row++) {
    const dy = (row * aspect) ** 2;
    if (dy >= squared) break;
    let dx = Math.ceil(Math.sqrt(squared - dy));
    while (dx >= 0 && dx * dx + dy >= squared) dx--;
    widths.push(dx);
  }
  return widths;
}

/** The disc around (x, y). `aspect`: height of a pixel in widths, other than 1 where voxels are not cubes. */
export function disc(x: number, y: number, radius: number, aspect = 1): Run[] {
  return sweep(x, y, x, y, radius, aspect);
}

/** The disc moved in a straight line from one pixel to another: what a stroke covers between two pointer events. */
export function sweep(
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  radius: number,
  aspect = 1,
): Run[] {
  const widths = halfWidths(radius, aspect);
  const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY));
  const left = new Map<number, number>();
  const right = new Map<number, number>();
  for (let i = 0; i <= steps; i++) {
    const x = steps === 0 ? fromX : Math.round(fromX + ((toX - fromX) * i) / steps);
    const y = steps === 0 ? fromY : Math.round(fromY + ((toY - fromY) * i) / steps);
    for (let dy = 1 - widths.length; dy < widths.length; dy++) {
      const half = widths[Math.abs(dy)];
      const row = y + dy;
      left.set(row, Math.min(left.get(row) ?? Number.POSITIVE_INFINITY, x - half));
      right.set(row, Math.max(right.get(row) ?? Number.NEGATIVE_INFINITY, x + half + 1));
    }
  }
  return [...left].map(([row, x0]) => ({ row, x0, x1: right.get(row)! }));
}

/** Radius of a sphere `slices` slices away from its middle; 0 outside. `aspect`: height of a voxel in widths. */
export function sphereRadius(radius: number, slices: number, aspect: number): number {
  // Slightly less, because squaring a rounded root may give more than it was the root of.
  return Math.sqrt(Math.max(0, radius * radius - (slices * aspect) ** 2)) * (1 - Number.EPSILON);
}
