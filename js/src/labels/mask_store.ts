// The masks of one feature, slice by slice. Those in use are whole images; others are kept packed to save memory.
import { packMask, plainBits, unpackMask } from "./packing";
import { EMPTY, type Rect } from "./region";

/** Called after each change; `rect` is the part of slice `z` that changed. */
export type MaskListener = (z: number, rect: Rect) => void;

/** How many whole images one feature keeps before the oldest is packed. */
const OPEN = 24;

export class MaskStore {
  private open = new Map<number, Uint8Array>();
  private packed = new Map<number, Uint8Array>();
  private listeners = new Set<MaskListener>();

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  has(z: number): boolean {
    return this.open.has(z) || this.packed.has(z);
  }

  /** Slices that have a mask, ascending. */
  get slices(): number[] {
    return [...this.open.keys(), ...this.packed.keys()].sort((a, b) => a - b);
  }

  /** The mask of a slice, row by row, 0 and 1; undefined where nothing was drawn. Write only through `editable`. */
  get(z: number): Uint8Array | undefined {
    const found = this.open.get(z);
    if (found) return found;
    const bits = this.packed.get(z);
    if (!bits) return undefined;
    const mask = unpackMask(bits, this.width * this.height);
    this.packed.delete(z);
    this.keepOpen(z, mask);
    return mask;
  }

  /** Row `y` of the mask of slice `z` into `target`, without unpacking the whole; false where there is no mask. */
  readRow(z: number, y: number, target: Uint8Array): boolean {
    return this.read(z, y * this.width, 1, this.width, target);
  }

  /** Column `x` of the mask of slice `z`. */
  readColumn(z: number, x: number, target: Uint8Array): boolean {
    return this.read(z, x, this.width, this.height, target);
  }

  private read(z: number, from: number, stride: number, count: number, target: Uint8Array): boolean {
    const mask = this.open.get(z);
    if (mask) {
      for (let i = 0, at = from; i < count; i++, at += stride) target[i] = mask[at];
      return true;
    }
    const packed = this.packed.get(z);
    if (!packed) return false;
    const bits = plainBits(packed);
    if (bits !== packed) this.packed.set(z, bits);
    for (let i = 0, at = from; i < count; i++, at += stride)
      target[i] = (bits[1 + (at >> 3)] >> (7 - (at & 7))) & 1;
    return true;
  }

  /** The mask of a slice to write into, created if there is none. Call `changed` afterwards. */
  editable(z: number): Uint8Array {
    const found = this.get(z);
    if (found) return found;
    const mask = new Uint8Array(this.width * this.height);
    this.keepOpen(z, mask);
    return mask;
  }

  set(z: number, mask: Uint8Array | null): void {
    this.packed.delete(z);
    this.open.delete(z);
    if (mask) this.keepOpen(z, mask);
    this.changed(z, this.whole);
  }

  /** Stores a mask as the kernel sends it, to be unpacked when it is needed. */
  setPacked(z: number, bits: Uint8Array): void {
    this.open.delete(z);
    this.packed.set(z, bits);
    this.changed(z, this.whole);
  }

  changed(z: number, rect: Rect = EMPTY): void {
    for (const listener of this.listeners) listener(z, rect);
  }

  onChange(listener: MaskListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private get whole(): Rect {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }

  private keepOpen(z: number, mask: Uint8Array): void {
    this.open.set(z, mask);
    if (this.open.size <= OPEN) return;
    const [oldest, pixels] = this.open.entries().next().value!;
    this.open.delete(oldest);
    this.packed.set(oldest, packMask(pixels, false));
  }
}
