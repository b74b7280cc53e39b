// Which tool is chosen in a view, and its options.
import { signal } from "@preact/signals";
import type { FloodRule } from "../labels/flood";

export type ToolName = "navigate" | "brush" | "erase" | "flood" | "box" | "lasso" | "point" | "region";

export class ToolState {
  readonly tool = signal<ToolName>("brush");
  /** Tools of the stage that is shown; null: all. */
  readonly available = signal<readonly ToolName[] | null>(null);
  /**
   * Desktop Ais's rule ("relative") accepts nearly everything where grey values are far from zero, as in 8-bit volumes,
   * and nothing where they are close to it; the spread of the slice works for both.
   */
  readonly floodRule = signal<FloodRule>("spread");
  /** Fill what a closed stroke encloses. */
  readonly fillClosed = signal(false);
  /** Paint a ball across neighbouring slices. */
  readonly spherical = signal(false);
  /** Paint only where the grey value lies between the limits. */
  readonly limited = signal(false);
  readonly range = signal<[number, number]>([0, 0]);
  /** The lasso adds what the model in front finds inside the outline, not all of it. */
  readonly fromPrediction = signal(false);
  /** Pen pressure changes the radius. */
  readonly pressure = signal(true);
}

const BRUSHES: ReadonlySet<string> = new Set(["brush", "erase", "flood"]);

/** Whether a tool paints with a disc around the pointer. */
export function isBrush(tool: string): boolean {
  return BRUSHES.has(tool);
}

/** Slider of the brush: radius in pixels. */
export const BRUSH_MIN = 1;

/** 250 Å, within bounds; `pixelSize` in Å. */
export function brushMax(pixelSize: number): number {
  return pixelSize > 0 ? Math.min(2000, Math.max(25, Math.round(250 / pixelSize))) : 50;
}
