// The grey values of the slice in the main view, by which tools decide where they may paint.
import type { Picture } from "../labels/flood";
import type { Allowed } from "../labels/stroke";
import { foundBy } from "../state/copy_prediction";
import type { SliceStore } from "../state/slice_store";
import type { Viewer } from "../state/viewer";
import { type Slice, values } from "../volume/slice";
import { meanAndDeviation } from "../volume/statistics";

/** Slices up to this size are fetched with exact values while a tool needs them. */
const EXACT_BYTES = 32 * 1024 * 1024;

export class GreyValues {
  private exact: { z: number; uid: string; slice: Slice } | null = null;
  private kept: { key: string; picture: Picture; spread: number } | null = null;

  constructor(
    private viewer: Pick<Viewer, "tomogram" | "position" | "filters" | "tools" | "predictions" | "models">,
    private slices: SliceStore,
    /** Values of the main view after filtering; null when no filter runs. */
    private filtered: () => Float32Array | null,
  ) {}

  /** What is displayed: filtered if filters run, else exact when that has arrived; and its standard deviation. */
  shown(): { picture: Picture; spread: number } | null {
    const slice = this.slices.current("z");
    if (!slice || slice.step > 1) return null;
    const { z } = this.viewer.position.peek();
    const uid = this.viewer.tomogram.peek()!.uid;
    const exact = this.exact?.z === z && this.exact.uid === uid ? this.exact.slice : null;
    const filters = JSON.stringify(this.viewer.filters.peek().filter((filter) => filter.enabled));
    const key = `${uid}/${z}/${exact ? "exact" : "seen"}/${filters}`;
    if (this.kept?.key !== key) {
      const grey = this.filtered() ?? values(exact ?? slice);
      const picture = { width: slice.width, height: slice.height, values: grey };
      this.kept = { key, picture, spread: meanAndDeviation(grey)[1] };
    }
    return this.kept;
  }

  /** The pixels whose grey value lies in the range that painting is limited to; undefined: it is not. */
  inRange(): Allowed | undefined {
    const { limited, range } = this.viewer.tools;
    const shown = limited.peek() ? this.shown() : null;
    if (!shown) return undefined;
    const [low, high] = range.peek();
    const { z: shownZ } = this.viewer.position.peek();
    const { width, values: grey } = shown.picture;
    return (x, y, z) => z === shownZ && grey[y * width + x] >= low && grey[y * width + x] <= high;
  }

  /** The pixels that the model in front finds; null while there is no prediction. */
  predicted(): Allowed | null {
    const found = foundBy(this.viewer, this.viewer.models.selected.peek());
    const { z: shownZ } = this.viewer.position.peek();
    const width = this.viewer.tomogram.peek()?.width ?? 0;
    return found && ((x, y, z) => z === shownZ && found[y * width + x] === 1);
  }

  /** Fetches exact values if the chosen tool needs them. */
  async prepare(): Promise<void> {
    const { tools, tomogram: shown, position } = this.viewer;
    if (tools.tool.peek() !== "flood" && !tools.limited.peek()) return;
    const tomogram = shown.peek();
    const { z } = position.peek();
    if (!tomogram || (this.exact?.z === z && this.exact.uid === tomogram.uid)) return;
    if (tomogram.width * tomogram.height * 4 > EXACT_BYTES) return;
    const slice = await this.slices.exactSlice();
    if (slice) this.exact = { z, uid: tomogram.uid, slice };
  }
}
