// The slices that one view shows, fetched as they are needed.
import { signal } from "@preact/signals";
import { type Axis, countAlong } from "../geometry/axis";
import { planeSize } from "../geometry/plane";
import type { Slice, SliceKey } from "../volume/slice";
import { SliceLoader } from "../volume/slice_loader";
import { fetchSlice } from "./fetch_slice";
import type { Viewer } from "./viewer";

/** By the second frame from now the first is on the screen; a hidden page draws no frames and prefetches nothing. */
function whenDrawn(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(then));
}

export class SliceStore {
  /** The slice that arrived last, which triggers a redraw; null: all may have changed. */
  readonly arrived = signal<{ key: SliceKey | null }>({ key: null });
  private loader: SliceLoader;
  private exact: { key: string; slice: Promise<Slice | null> } | null = null;

  constructor(private viewer: Viewer) {
    const { link, problems } = viewer.tomograms;
    this.loader = new SliceLoader(
      (key, step, abort) => fetchSlice(link, key, step, abort),
      (key, slice, problem) => {
        if (slice) {
          this.arrived.value = { key };
          problems.solved("slice");
        } else if (problem instanceof Error) void problems.report("slice", problem);
      },
      { whenDrawn },
    );
  }

  /** The slice to show across `axis` now, undefined until it has arrived. */
  current(axis: Axis): Slice | undefined {
    const tomogram = this.viewer.tomogram.peek();
    if (!tomogram?.info.peek().available) return undefined;
    const { shape } = tomogram.info.peek();
    const key: SliceKey = { tomogram: tomogram.uid, axis, index: this.viewer.position.peek()[axis] };
    const { width, height } = planeSize(axis, shape);
    return this.loader.show(axis, key, countAlong(axis, shape), width * height);
  }

  /** The shown XY slice with its exact grey values; null when the kernel cannot give them. */
  exactSlice(): Promise<Slice | null> {
    const tomogram = this.viewer.tomogram.peek();
    if (!tomogram) return Promise.resolve(null);
    const key: SliceKey = { tomogram: tomogram.uid, axis: "z", index: this.viewer.position.peek().z };
    const name = `${key.tomogram}/${key.index}`;
    if (this.exact?.key !== name) {
      const { link } = this.viewer.tomograms;
      const slice = fetchSlice(link, key, 1, undefined, "float32").catch(() => null);
      this.exact = { key: name, slice };
    }
    return this.exact.slice;
  }

  hide(axis: Axis): void {
    this.loader.hide(axis);
  }

  forget(uid: string): void {
    this.loader.cache.forget(uid);
    this.exact = null;
    this.arrived.value = { key: null };
  }

  close(): void {
    this.loader.close();
  }
}
