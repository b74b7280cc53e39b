// The three axes of a volume. A plane is named by the axis it lies across: "z" is the XY plane.

export type Axis = "z" | "y" | "x";

/** The main view first. */
export const AXES: readonly Axis[] = ["z", "y", "x"];

/** What people call the plane across an axis. */
export const PLANE_NAMES: Readonly<Record<Axis, string>> = { z: "XY", y: "XZ", x: "YZ" };

/** Voxels along z, y and x. */
export type Shape = readonly [number, number, number];

/** A voxel, or the slices that cross in it. */
export type Position = Readonly<Record<Axis, number>>;

/** Number of slices along an axis. */
export function countAlong(axis: Axis, [depth, height, width]: Shape): number {
  return { z: depth, y: height, x: width }[axis];
}

/** Height of a voxel (z) in widths; 1 where a size is unknown. `voxel_size`: Å, z y x. */
export function voxelAspect([z, , x]: readonly [number, number, number]): number {
  return z > 0 && x > 0 ? z / x : 1;
}

/** The nearest voxel of a volume. */
export function insideVolume({ z, y, x }: Position, [depth, height, width]: Shape): Position {
  const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  return { z: clamp(z, depth), y: clamp(y, height), x: clamp(x, width) };
}

export function sameVoxel(a: Position, b: Position): boolean {
  return AXES.every((axis) => a[axis] === b[axis]);
}

/** Whether the volume has such a voxel. */
export function isInside(position: Position, shape: Shape): boolean {
  return AXES.every((axis) => position[axis] >= 0 && position[axis] < countAlong(axis, shape));
}
