// Cases that the Python tests read as well.
import { readFileSync } from "node:fs";
import type { Run } from "../src/geometry/plane";

export function cases<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../tests/cases/${name}.json`, import.meta.url), "utf8")) as T[];
}

/** Rows of "." and "#". */
export function drawRuns(runs: readonly Run[], [height, width]: readonly number[]): string[] {
  const rows = Array.from({ length: height }, () => Array<string>(width).fill("."));
  for (const { row, x0, x1 } of runs)
    for (let x = Math.max(0, x0); x < Math.min(width, x1); x++) if (rows[row]) rows[row][x] = "#";
  return rows.map((row) => row.join(""));
}

export function pixelsOf(rows: readonly string[]): Uint8Array {
  return Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));
}
