// The labels of one displayed plane, one bit per feature, eight features in a byte: what the graphics card draws.
import type { Axis } from "../geometry/axis";
import { crossing } from "../geometry/plane";
import type { MaskStore } from "./mask_store";
import { boundingBox, clip, EMPTY, isEmpty, type Rect, union } from "./region";

export const BITS = 8;

export class LabelPlane {
  readonly pixels: Uint8Array;
  /** Part that holds labels. */
  rect: Rect = EMPTY;
  /** Part that changed since the last `takeDirty`. */
  private dirty: Rect = EMPTY;
  private line: Uint8Array;

  constructor(
    readonly axis: Axis,
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Uint8Array(width * height);
    this.line = new Uint8Array(Math.max(width, height));
  }

  get isDirty(): boolean {
    return !isEmpty(this.dirty);
  }

  takeDirty(): Rect {
    const { dirty } = this;
    this.dirty = EMPTY;
    return dirty;
  }

  /** Builds the whole plane at `index` from up to eight features. */
  rebuild(stores: readonly MaskStore[], index: number): void {
    if (!isEmpty(this.rect)) this.pixels.fill(0);
    const before = this.rect;
    this.rect = EMPTY;
    stores.forEach((store, bit) => {
      if (this.axis === "z")
        this.addMask(store, bit, index, { x0: 0, y0: 0, x1: this.width, y1: this.height });
      else for (const z of store.slices) this.addLine(this.axis, store, bit, index, z);
    });
    if (!isEmpty(this.rect)) this.rect = boundingBox(this.pixels, this.width, this.height);
    this.dirty = union(this.dirty, union(before, this.rect));
  }

  /** Follows a change of slice `z` of one feature inside `rect` (pixels of that slice). */
  update(store: MaskStore, bit: number, index: number, z: number, rect: Rect): void {
    if (this.axis === "z") {
      if (z !== index) return;
      this.clear(bit, rect);
      this.addMask(store, bit, z, rect);
    } else if (
      this.axis === "y" ? index >= rect.y0 && index < rect.y1 : index >= rect.x0 && index < rect.x1
    ) {
      this.clear(bit, crossing(this.axis, z, this));
      this.addLine(this.axis, store, bit, index, z);
    }
  }

  private touch(rect: Rect): void {
    this.rect = union(this.rect, rect);
    this.dirty = union(this.dirty, rect);
  }

  private clear(bit: number, rect: Rect): void {
    const { x0, y0, x1, y1 } = clip(rect, this.width, this.height);
    const keep = 255 ^ (1 << bit);
    for (let y = y0; y < y1; y++)
      for (let i = y * this.width + x0; i < y * this.width + x1; i++) this.pixels[i] &= keep;
    this.dirty = union(this.dirty, { x0, y0, x1, y1 });
  }

  private addMask(store: MaskStore, bit: number, z: number, rect: Rect): void {
    const mask = store.get(z);
    if (!mask) return;
    const { pixels, width } = this;
    for (let y = rect.y0; y < rect.y1; y++)
      for (let i = y * width + rect.x0; i < y * width + rect.x1; i++) pixels[i] |= mask[i] << bit;
    this.touch(rect);
  }

  /** One line of a cross-section: what slice `z` shows of row (axis y) or column (axis x) `index`. */
  private addLine(axis: "y" | "x", store: MaskStore, bit: number, index: number, z: number): void {
    const { pixels, width, line } = this;
    const has = axis === "y" ? store.readRow(z, index, line) : store.readColumn(z, index, line);
    if (!has) return;
    const rect = crossing(axis, z, this);
    let i = 0;
    for (let row = rect.y0; row < rect.y1; row++)
      for (let column = rect.x0; column < rect.x1; column++) pixels[row * width + column] |= line[i++] << bit;
    this.touch(rect);
  }
}
