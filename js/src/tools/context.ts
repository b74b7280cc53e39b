// What a tool gets to work with.
import type { Picture } from "../labels/flood";
import type { Allowed, Axis } from "../labels/stroke";
import type { FeatureState } from "../state/feature";
import type { TomogramState } from "../state/tomogram";
import type { TomogramSet } from "../state/tomogram_set";
import type { Viewer } from "../state/viewer";

/** A place on a plane as painting counts it: axis z: column x, row y; axis y: column x, row z; axis x: column y, row z. */
export interface ToolPoint {
  column: number;
  row: number;
  pressure: number;
  secondary: boolean;
  shift: boolean;
  ctrl: boolean;
}

export interface ToolContext {
  tomograms: TomogramSet;
  viewer: Viewer;
  tomogram: TomogramState;
  feature: FeatureState;
  axis: Axis;
  /** Number of the plane along `axis`. */
  index: number;
  /** Height of a pixel of the plane in widths. */
  aspect: number;
  /** The main view's grey values as displayed, and their standard deviation; null before they have arrived. */
  picture(): { picture: Picture; spread: number } | null;
  /** Which pixels may be painted, when painting is limited to a range of grey values. */
  allowed(): Allowed | undefined;
  /** Which pixels of the slice the model in front finds; null while there is no prediction of it. */
  predicted(): Allowed | null;
  /** Shows a line under construction. */
  outline(points: readonly { column: number; row: number }[] | null): void;
}

/** A drag from press to release. */
export interface ToolGesture {
  move(points: ToolPoint[]): void;
  end(): void;
  cancel(): void;
}

/** Columns and rows of the plane. */
export function planeShape({ axis, tomogram }: ToolContext): { width: number; height: number } {
  const { width, height, depth } = tomogram;
  if (axis === "z") return { width, height };
  return axis === "y" ? { width, height: depth } : { width: height, height: depth };
}
