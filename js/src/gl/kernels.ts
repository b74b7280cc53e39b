// The 33 taps of each display filter, horizontal and vertical (see docs: filters).

export type FilterKind = "gaussian" | "offset_gaussian" | "box" | "sobel_vertical" | "sobel_horizontal";

export interface Filter {
  kind: FilterKind;
  /** Sigma of the Gaussians, half width of the box. */
  parameter: number;
  /** −1 … 1; negative subtracts the filtered image from the original. */
  weight: number;
  enabled: boolean;
}

export const TAPS = 33;
const MIDDLE = 16;

export interface Kernel {
  horizontal: Float32Array;
  vertical: Float32Array;
}

function around(values: number[]): Float32Array {
  const taps = new Float32Array(TAPS);
  taps.set(values, MIDDLE - (values.length - 1) / 2);
  return taps;
}

/** exp(−x²/σ²) without the factor ½, as in desktop Ais: its standard deviation is σ/√2. */
function gaussian(sigma: number, offset: boolean): Float32Array {
  const values = Array.from({ length: TAPS }, (_, i) => Math.exp(-((i - MIDDLE) ** 2) / sigma ** 2));
  const sum = values.reduce((a, b) => a + b, 0);
  const mean = offset ? 1 / TAPS : 0;
  return Float32Array.from(values, (value) => value / sum - mean);
}

export function kernelOf(filter: Filter): Kernel {
  switch (filter.kind) {
    case "gaussian":
    case "offset_gaussian": {
      const taps = gaussian(filter.parameter, filter.kind === "offset_gaussian");
      return { horizontal: taps, vertical: taps };
    }
    case "box": {
      const half = Math.min(Math.trunc(filter.parameter), 7);
      const taps = around(Array(2 * half + 1).fill(1 / (2 * half + 1)));
      return { horizontal: taps, vertical: taps };
    }
    case "sobel_vertical":
      return { horizontal: around([1, 2, 1]), vertical: around([1, 0, -1]) };
    case "sobel_horizontal":
      return { horizontal: around([1, 0, -1]), vertical: around([1, 2, 1]) };
  }
}
