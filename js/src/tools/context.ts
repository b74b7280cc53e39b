// What a tool works with.
import type { Axis, Position, Shape } from "../geometry/axis";
import type { Place, Size } from "../geometry/plane";
import type { Picture } from "../labels/flood";
import type { Allowed } from "../labels/stroke";
import type { Edit } from "../state/edits";
import type { FeatureState } from "../state/feature";
import type { ToolState } from "../state/tool_state";

/** A place on a plane as painted (see geometry/plane.ts), with the state of the pointer. */
export interface ToolPoint extends Place {
  pressure: number;
  secondary: boolean;
  shift: boolean;
  ctrl: boolean;
}

export interface ToolContext {
  tools: ToolState;
  feature: FeatureState;
  /** Size of the volume in voxels. */
  shape: Shape;
  axis: Axis;
  /** Number of the plane along `axis`. */
  index: number;
  /** Size of the plane as painted. */
  plane: Size;
  /** Height of a voxel (along z) in widths. */
  voxelAspect: number;
  /** CSS pixels per width of a voxel. */
  scale: number;
  voxelAt(place: Place): Position;
  /** The main view's grey values as displayed, and their standard deviation; null before they have arrived. */
  picture(): { picture: Picture; spread: number } | null;
  /** Which pixels may be painted, when painting is limited to a range of grey values. */
  allowed(): Allowed | undefined;
  /** Which pixels of the slice the model in front finds; null while there is no prediction of it. */
  predicted(): Allowed | null;
  /** Shows a line under construction. */
  outline(places: readonly Place[] | null): void;
  /** Makes edits one step; `done`: they have been made already (a stroke). */
  commit(name: string, edits: Edit[], done?: boolean): void;
}

/** A drag from press to release. */
export interface ToolGesture {
  move(points: ToolPoint[]): void;
  end(): void;
  cancel(): void;
}

/** Height of a pixel of the plane in widths. */
export function pixelAspect({ axis, voxelAspect }: Pick<ToolContext, "axis" | "voxelAspect">): number {
  return axis === "z" ? 1 : voxelAspect;
}
