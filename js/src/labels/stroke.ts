// A stroke in progress: writes runs into masks and remembers what was there, so that its end can be turned into patches.
import type { Axis } from "../geometry/axis";
import { eachSpan, type Run } from "../geometry/plane";
import type { MaskStore } from "./mask_store";
import { type MaskPatch, makePatch } from "./patch";
import { cut, EMPTY, isEmpty, type Rect, union } from "./region";

/** Says whether a pixel of slice z may be painted (brush limited to an intensity range). */
export type Allowed = (x: number, y: number, z: number) => boolean;

interface Touched {
  existed: boolean;
  rows: Map<number, Uint8Array>;
  rect: Rect;
}

export class Stroke {
  private touched = new Map<number, Touched>();

  constructor(
    private feature: string,
    private masks: MaskStore,
    private depth: number,
  ) {}

  /** Paints runs, rows and columns as painted, on plane number `index` across `axis`. */
  paint(axis: Axis, index: number, runs: readonly Run[], value: 0 | 1, allowed?: Allowed): void {
    const dirty = new Map<number, Rect>();
    const span = (z: number, y: number, x0: number, x1: number) => {
      const rect = this.span(z, y, x0, x1, value, allowed);
      if (rect) dirty.set(z, union(dirty.get(z) ?? EMPTY, rect));
    };
    for (const run of runs) eachSpan(axis, index, run, span);
    for (const [z, rect] of dirty) this.masks.changed(z, rect);
  }

  private span(z: number, y: number, from: number, to: number, value: 0 | 1, allowed?: Allowed): Rect | null {
    const { width, height } = this.masks;
    const x0 = Math.max(0, from);
    const x1 = Math.min(width, to);
    if (z < 0 || z >= this.depth || y < 0 || y >= height || x1 <= x0) return null;
    let touched = this.touched.get(z);
    if (!touched) {
      touched = { existed: this.masks.has(z), rows: new Map(), rect: EMPTY };
      this.touched.set(z, touched);
    }
    const mask = this.masks.editable(z);
    if (!touched.rows.has(y)) touched.rows.set(y, mask.slice(y * width, (y + 1) * width));
    const rect = { x0, x1, y0: y, y1: y + 1 };
    touched.rect = union(touched.rect, rect);
    if (!allowed) mask.fill(value, y * width + x0, y * width + x1);
    else for (let x = x0; x < x1; x++) if (allowed(x, y, z)) mask[y * width + x] = value;
    return rect;
  }

  /** The part of slice `z` that was painted and its pixels as they are now, for filling what they enclose. */
  painted(z: number): { rect: Rect; mask: Uint8Array } | null {
    const touched = this.touched.get(z);
    return touched
      ? { rect: touched.rect, mask: cut(this.masks.editable(z), this.masks.width, touched.rect) }
      : null;
  }

  /** Patches of what actually changed, each cut to its bounding box. */
  finish(): MaskPatch[] {
    const patches: MaskPatch[] = [];
    for (const [z, { existed, rows, rect }] of this.touched) {
      const { width } = this.masks;
      const mask = this.masks.editable(z);
      let changed = EMPTY;
      for (const [y, before] of rows) {
        let x0 = rect.x0;
        let x1 = rect.x1;
        while (x0 < x1 && before[x0] === mask[y * width + x0]) x0++;
        while (x1 > x0 && before[x1 - 1] === mask[y * width + x1 - 1]) x1--;
        if (x1 > x0) changed = union(changed, { x0, x1, y0: y, y1: y + 1 });
      }
      if (isEmpty(changed) && existed) continue;
      const after = cut(mask, width, changed);
      const before = after.slice();
      for (const [y, row] of rows)
        if (y >= changed.y0 && y < changed.y1)
          before.set(row.subarray(changed.x0, changed.x1), (y - changed.y0) * (changed.x1 - changed.x0));
      patches.push(makePatch(this.feature, z, changed, existed ? before : null, after));
    }
    return patches;
  }

  /** Puts everything back as it was. */
  cancel(): void {
    for (const [z, { existed, rows, rect }] of this.touched) {
      if (!existed) {
        this.masks.set(z, null);
        continue;
      }
      const mask = this.masks.editable(z);
      for (const [y, before] of rows) mask.set(before, y * this.masks.width);
      this.masks.changed(z, rect);
    }
    this.touched.clear();
  }
}
