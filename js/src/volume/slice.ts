// One slice of a tomogram as the kernel sends it: rows and columns of the plane as shown.
import type { Axis } from "../geometry/axis";

export interface Slice {
  /** Row 0 is the bottom row of the picture. 8 bit, half-precision bits, or exact values. */
  pixels: Uint8Array | Uint16Array | Float32Array;
  width: number;
  height: number;
  /** value = stored · decode[0] + decode[1]; for 8 bit, stored counts from 0 to 1. */
  decode: readonly [number, number];
  /** Every `step`-th pixel of the slice: 1 is all of it. */
  step: number;
}

export interface SliceKey {
  tomogram: string;
  axis: Axis;
  index: number;
}

export function keyText(key: SliceKey): string {
  return `${key.tomogram}/${key.axis}/${key.index}`;
}

function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The grey value at (x, y) in pixels of the full slice, NaN outside. */
export function valueAt(slice: Slice, x: number, y: number): number {
  const column = Math.floor(x / slice.step);
  const row = Math.floor(y / slice.step);
  if (column < 0 || row < 0 || column >= slice.width || row >= slice.height) return Number.NaN;
  return storedValue(slice, row * slice.width + column);
}

/** The grey value of pixel number `i`. */
export function storedValue(slice: Slice, i: number): number {
  const { pixels, decode } = slice;
  const stored = pixels[i];
  if (pixels instanceof Uint8Array) return (stored / 255) * decode[0] + decode[1];
  return (pixels instanceof Uint16Array ? halfToNumber(stored) : stored) * decode[0] + decode[1];
}

/** All grey values, row by row. */
export function values(slice: Slice): Float32Array {
  const { pixels } = slice;
  if (pixels instanceof Float32Array && slice.decode[0] === 1 && slice.decode[1] === 0) return pixels;
  const result = new Float32Array(pixels.length);
  for (let i = 0; i < result.length; i++) result[i] = storedValue(slice, i);
  return result;
}
