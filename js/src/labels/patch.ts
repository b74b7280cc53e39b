// What one edit changed in the mask of one feature in one slice: the bounding box of what changed, before and after.
// The bytes are those of ais_jupyter/core/editing/patch.py.
import { packMask, unpackMask } from "./packing";
import { area, type Rect } from "./region";

export interface MaskPatch {
  feature: string;
  z: number;
  rect: Rect;
  /** Packed values in `rect`; null where the slice had, or has, no mask. */
  before: Uint8Array | null;
  after: Uint8Array | null;
}

const HEADER = 60;

/** A patch from values that fill `rect`. */
export function makePatch(
  feature: string,
  z: number,
  rect: Rect,
  before: Uint8Array | null,
  after: Uint8Array | null,
): MaskPatch {
  return { feature, z, rect, before: before && packMask(before), after: after && packMask(after) };
}

export function inversePatch(patch: MaskPatch): MaskPatch {
  return { ...patch, before: patch.after, after: patch.before };
}

/** Values in `patch.rect` after the change, or null where the slice has no mask. */
export function patchValues(patch: MaskPatch): Uint8Array | null {
  return patch.after && unpackMask(patch.after, area(patch.rect));
}

function putHex(target: Uint8Array, at: number, hex: string): void {
  for (let i = 0; i < 16; i++) target[at + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
}

function hexAt(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function patchToBytes(tomogram: string, patch: MaskPatch): Uint8Array {
  const { before, after, rect } = patch;
  const bytes = new Uint8Array(HEADER + (before?.length ?? 0) + (after?.length ?? 0));
  const view = new DataView(bytes.buffer);
  putHex(bytes, 0, tomogram);
  putHex(bytes, 16, patch.feature);
  [patch.z, rect.y0, rect.y1, rect.x0, rect.x1].forEach((n, i) => {
    view.setUint32(32 + 4 * i, n, true);
  });
  view.setInt32(52, before ? before.length : -1, true);
  view.setInt32(56, after ? after.length : -1, true);
  if (before) bytes.set(before, HEADER);
  if (after) bytes.set(after, HEADER + (before?.length ?? 0));
  return bytes;
}

export function patchFromBytes(bytes: Uint8Array): MaskPatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (i: number) => view.getUint32(32 + 4 * i, true);
  const lengthBefore = view.getInt32(52, true);
  const lengthAfter = view.getInt32(56, true);
  const middle = HEADER + Math.max(0, lengthBefore);
  return {
    feature: hexAt(bytes, 16),
    z: number(0),
    rect: { y0: number(1), y1: number(2), x0: number(3), x1: number(4) },
    before: lengthBefore < 0 ? null : bytes.slice(HEADER, middle),
    after: lengthAfter < 0 ? null : bytes.slice(middle),
  };
}
