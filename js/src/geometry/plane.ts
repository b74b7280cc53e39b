// Which axes of the volume the columns and rows of a plane run along: as shown on the screen, and as painted.
// ais_jupyter/core/data/planes.py is the same for the kernel; both are tested on tests/cases/planes.json.
import { type Axis, countAlong, type Position, type Shape } from "./axis";

export interface Size {
  width: number;
  height: number;
}

/** A place on a plane in pixels; pixel i covers i … i + 1, row 0 is at the bottom. */
export interface Place {
  column: number;
  row: number;
}

/** Pixels x0 ≤ x < x1 of one row. */
export interface Run {
  row: number;
  x0: number;
  x1: number;
}

interface Layout {
  column: Axis;
  row: Axis;
}

/** The cross-sections continue the main view: XZ shares its columns, YZ its rows. */
const SHOWN: Readonly<Record<Axis, Layout>> = {
  z: { column: "x", row: "y" },
  y: { column: "x", row: "z" },
  x: { column: "z", row: "y" },
};

/** Brushes count rows along z in both cross-sections, so that radii are widths of a voxel in every plane. */
const PAINTED: Readonly<Record<Axis, Layout>> = { ...SHOWN, x: { column: "y", row: "z" } };

function sizeOf({ column, row }: Layout, shape: Shape): Size {
  return { width: countAlong(column, shape), height: countAlong(row, shape) };
}

/** Size of a plane as shown. */
export function planeSize(axis: Axis, shape: Shape): Size {
  return sizeOf(SHOWN[axis], shape);
}

/** Size of a plane as painted. */
export function paintedSize(axis: Axis, shape: Shape): Size {
  return sizeOf(PAINTED[axis], shape);
}

/** The voxel at a place of plane number `index` as shown. */
export function voxelAt(axis: Axis, index: number, place: Place): Position {
  return voxelOf(SHOWN[axis], index, place);
}

/** The voxel at a place of plane number `index` as painted. */
export function paintedVoxelAt(axis: Axis, index: number, place: Place): Position {
  return voxelOf(PAINTED[axis], index, place);
}

function voxelOf(layout: Layout, index: number, { column, row }: Place): Position {
  const found = { z: index, y: index, x: index };
  found[layout.column] = Math.floor(column);
  found[layout.row] = Math.floor(row);
  return found;
}

/** Where a position lies on the plane across `axis` as shown. */
export function placeOf(axis: Axis, position: Position): Place {
  const { column, row } = SHOWN[axis];
  return { column: position[column], row: position[row] };
}

/** From a place as shown to the same place as painted, or back. */
export function turned<P extends Place>(axis: Axis, place: P): P {
  return axis === "x" ? { ...place, column: place.row, row: place.column } : place;
}

/** The voxels of a run painted on plane number `index`, as runs along x. */
export function eachSpan(
  axis: Axis,
  index: number,
  { row, x0, x1 }: Run,
  span: (z: number, y: number, x0: number, x1: number) => void,
): void {
  if (axis === "z") span(index, row, x0, x1);
  else if (axis === "y") span(row, index, x0, x1);
  else for (let y = x0; y < x1; y++) span(row, y, index, index + 1);
}

/** The part of a cross-section, as shown, where slice `z` crosses it. */
export function crossing(
  axis: "y" | "x",
  z: number,
  { width, height }: Size,
): { x0: number; x1: number; y0: number; y1: number } {
  return axis === "y" ? { x0: 0, x1: width, y0: z, y1: z + 1 } : { x0: z, x1: z + 1, y0: 0, y1: height };
}
