// Contrast limits and histogram of the slice in the main view.
import type { Viewer } from "../state/viewer";
import { type Slice, storedValue } from "../volume/slice";
import { autocontrast, firstContrast, histogram, subsample } from "../volume/statistics";

/** Milliseconds without a new slice after which the histogram is made. */
const REST = 150;

export class GreyStatistics {
  private of = "";
  private rest: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private viewer: Pick<Viewer, "uid" | "position" | "filters" | "autocontrast" | "contrast" | "histogram">,
    private slice: () => Slice | undefined,
    /** Grey values after filtering; null when no filter runs. */
    private filtered: () => Float32Array | null,
  ) {}

  /** Contrast at once where it follows the slice or was never set; the histogram when scrolling has come to rest. */
  follow(): void {
    const { uid, position, filters, autocontrast: automatic, contrast } = this.viewer;
    const key = JSON.stringify([
      uid.peek(),
      position.peek().z,
      this.slice()?.step,
      filters.peek(),
      automatic.peek(),
    ]);
    const wanted = contrast.peek() === null || automatic.peek();
    if (key === this.of && contrast.peek() !== null) return;
    this.of = key;
    clearTimeout(this.rest);
    if (wanted) this.measure(true);
    else this.rest = setTimeout(() => this.measure(false), REST);
  }

  close(): void {
    clearTimeout(this.rest);
  }

  private measure(setContrast: boolean): void {
    const slice = this.slice();
    if (!slice) return;
    const filtered = this.filtered();
    const value = filtered ? (i: number) => filtered[i] : (i: number) => storedValue(slice, i);
    const sample = subsample(slice.width, slice.height, value);
    const limits = this.viewer.autocontrast.peek() ? autocontrast : firstContrast;
    if (setContrast) this.viewer.contrast.value = limits(sample);
    this.viewer.histogram.value = histogram(sample);
  }
}
