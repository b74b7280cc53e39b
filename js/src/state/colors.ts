// Colours of features and models: the cycle of defaults, and the notation of HTML.
import { COLOR_CYCLE } from "../kernel/generated/tables";
import type { Color } from "../kernel/generated/wire";

export type { Color };

export function cycleColor(index: number): Color {
  return COLOR_CYCLE[index % COLOR_CYCLE.length];
}

export function toHex(color: readonly number[]): string {
  return `#${color
    .map((c) =>
      Math.round(c * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

export function fromHex(hex: string): Color {
  const [red, green, blue] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255);
  return [red, green, blue];
}
