// Masks as bytes, eight pixels in a byte, as in ais_jupyter/core/editing/packing.py; both are tested on
// tests/cases/packing.json.
import { unzlibSync, zlibSync } from "fflate";

const PLAIN = 0;
const ZLIB = 1;
/** Bytes; below this size compression is not worth the time. */
const SMALL = 64;

/** One byte that says how, then the bits row by row, the first pixel in the highest bit. */
export function packMask(values: Uint8Array, compress = true): Uint8Array {
  const bits = new Uint8Array(1 + ((values.length + 7) >> 3));
  bits[0] = PLAIN;
  const whole = values.length >> 3;
  for (let i = 0, at = 0; i < whole; i++, at += 8)
    bits[i + 1] =
      (values[at] << 7) |
      (values[at + 1] << 6) |
      (values[at + 2] << 5) |
      (values[at + 3] << 4) |
      (values[at + 4] << 3) |
      (values[at + 5] << 2) |
      (values[at + 6] << 1) |
      values[at + 7];
  for (let at = whole * 8; at < values.length; at++) if (values[at]) bits[1 + (at >> 3)] |= 128 >> (at & 7);
  if (!compress || bits.length < SMALL) return bits;
  const smaller = zlibSync(bits.subarray(1), { level: 1 });
  if (smaller.length >= bits.length - 1) return bits;
  const packed = new Uint8Array(smaller.length + 1);
  packed[0] = ZLIB;
  packed.set(smaller, 1);
  return packed;
}

/** The same mask without compression, so that single pixels can be read. */
export function plainBits(data: Uint8Array): Uint8Array {
  if (data[0] === PLAIN) return data;
  const bits = unzlibSync(data.subarray(1));
  const plain = new Uint8Array(bits.length + 1);
  plain[0] = PLAIN;
  plain.set(bits, 1);
  return plain;
}

/** The mask (0 and 1) from the bytes of `packMask`. */
export function unpackMask(data: Uint8Array, count: number): Uint8Array {
  const bits = data[0] === ZLIB ? unzlibSync(data.subarray(1)) : data.subarray(1);
  if (bits.length !== (count + 7) >> 3)
    throw new Error(`a packed mask of ${count} pixels has ${bits.length} bytes`);
  const values = new Uint8Array(count);
  for (let i = 0; i < bits.length; i++) {
    const byte = bits[i];
    if (byte === 0) continue;
    const at = i * 8;
    const end = Math.min(8, count - at);
    for (let j = 0; j < end; j++) values[at + j] = (byte >> (7 - j)) & 1;
  }
  return values;
}
