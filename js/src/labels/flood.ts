// The flood brush: connected pixels inside the disc whose grey values lie in a band around the one under the cursor.
import type { Run } from "../geometry/plane";
import { disc } from "./brush";

export type FloodRule = "relative" | "spread";

/** Half width of the band as a fraction: sensitivity 100 → 0.05, 1 → 1.5. */
export function bandHalfWidth(sensitivity: number): number {
  return 0.05 + (1.45 * (100 - sensitivity)) / 99;
}

/**
 * The open interval of accepted values.
 *
 * "relative" is the rule of desktop Ais, a fraction of the value itself, and so depends on the grey-level offset;
 * "spread" takes the fraction of the standard deviation of the slice instead.
 */
export function band(value: number, sensitivity: number, rule: FloodRule, spread: number): [number, number] {
  const half = bandHalfWidth(sensitivity);
  if (rule === "spread") return [value - half * spread, value + half * spread];
  const ends = [value * (1 - half), value * (1 + half)];
  return [Math.min(...ends), Math.max(...ends)];
}

export interface Picture {
  width: number;
  height: number;
  /** Grey values as displayed (filtered), row by row. */
  values: ArrayLike<number>;
}

/** The 4-connected region that the flood brush adds at (x, y). */
export function flood(
  picture: Picture,
  x: number,
  y: number,
  radius: number,
  sensitivity: number,
  rule: FloodRule = "relative",
  spread = 0,
): Run[] {
  const { width, height, values } = picture;
  if (x < 0 || y < 0 || x >= width || y >= height) return [];
  const [low, high] = band(values[y * width + x], sensitivity, rule, spread);
  const candidates = new Map<number, Uint8Array>();
  const left = x - Math.ceil(radius);
  for (const run of disc(x, y, radius)) {
    if (run.row < 0 || run.row >= height) continue;
    const row = new Uint8Array(2 * Math.ceil(radius) + 1);
    for (let px = Math.max(0, run.x0); px < Math.min(width, run.x1); px++) {
      const value = values[run.row * width + px];
      if (value > low && value < high) row[px - left] = 1;
    }
    candidates.set(run.row, row);
  }
  const runs: Run[] = [];
  const waiting: [number, number][] = [[x - left, y]];
  while (waiting.length > 0) {
    const [column, rowNumber] = waiting.pop()!;
    const row = candidates.get(rowNumber);
    if (row?.[column] !== 1) continue;
    let from = column;
    let to = column + 1;
    while (row[from - 1] === 1) from--;
    while (row[to] === 1) to++;
    row.fill(2, from, to);
    runs.push({ row: rowNumber, x0: from + left, x1: to + left });
    for (const next of [rowNumber - 1, rowNumber + 1])
      for (let i = from; i < to; i++) if (candidates.get(next)?.[i] === 1) waiting.push([i, next]);
  }
  return runs;
}
