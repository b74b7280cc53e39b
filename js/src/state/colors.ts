// The cycle of default colours; kept in step with ais_jupyter/core/data/colors.py.

export type Color = [number, number, number];

const CYCLE: Color[] = [
  [66, 214, 164],
  [255, 243, 0],
  [255, 104, 0],
  [255, 13, 0],
  [174, 0, 255],
  [21, 0, 255],
  [0, 136, 255],
  [0, 247, 255],
  [0, 255, 0],
].map((color) => color.map((c) => c / 255) as Color);

export function cycleColor(index: number): Color {
  return CYCLE[index % CYCLE.length];
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
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as Color;
}
