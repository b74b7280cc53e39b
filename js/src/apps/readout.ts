// What is known of the place under the pointer: its voxel and grey value, and the size of the brush there.
import { effect, untracked } from "@preact/signals";
import { type Position, sameVoxel } from "../geometry/axis";
import { type PlaneCamera, widthScale } from "../geometry/camera";
import { voxelAt } from "../geometry/plane";
import type { SliceStore } from "../state/slice_store";
import { isBrush } from "../state/tool_state";
import type { Viewer } from "../state/viewer";
import type { PlanePoint } from "../views/input";
import { valueAt } from "../volume/slice";

/** Milliseconds the pointer must rest before the exact value is asked for. */
const REST = 150;

/** The circle that shows how far the brush reaches; CSS pixels from the corner of the plane. */
export interface BrushCircle {
  point: PlanePoint;
  left: number;
  top: number;
  diameter: number;
}

export class Readout {
  private pointer: { point: PlanePoint; left: number; top: number } | null = null;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private stop: () => void;

  constructor(
    private viewer: Pick<Viewer, "tomogram" | "tomograms" | "position" | "loading" | "hover" | "tools">,
    private slices: SliceStore,
    private camera: (point: PlanePoint) => PlaneCamera | null,
    /** Null: no brush. */
    private showBrush: (circle: BrushCircle | null) => void,
  ) {
    // Another slice came under the pointer.
    this.stop = effect(() => {
      viewer.position.value;
      viewer.loading.value;
      const { key } = slices.arrived.value;
      if (key && key.axis !== this.pointer?.point.axis) return;
      untracked(() => this.pointer && this.follow(this.pointer.point, this.pointer.left, this.pointer.top));
    });
  }

  /** The pointer has moved to (left, top), CSS pixels of the plane; null: it has left. */
  follow(point: PlanePoint | null, left: number, top: number): void {
    this.pointer = point && { point, left, top };
    clearTimeout(this.resting);
    const { viewer } = this;
    if (!point || !viewer.tomogram.peek()) {
      viewer.hover.value = null;
      this.showBrush(null);
      return;
    }
    const at = voxelAt(point.axis, viewer.position.peek()[point.axis], point);
    const slice = this.slices.current(point.axis);
    const value = slice ? valueAt(slice, point.column, point.row) : Number.NaN;
    const inside = !Number.isNaN(value);
    const exact = slice?.pixels instanceof Float32Array;
    // While the last picture stays, so does what is known of it.
    if (slice || viewer.loading.peek() !== "yes") viewer.hover.value = inside ? { at, value, exact } : null;
    if (inside && !exact) this.resting = setTimeout(() => this.askValue(at), REST);
    this.showBrush(this.brushAt(point, left, top));
  }

  close(): void {
    clearTimeout(this.resting);
    this.stop();
  }

  private brushAt(point: PlanePoint, left: number, top: number): BrushCircle | null {
    const { tools, tomogram } = this.viewer;
    const radius = tomogram.peek()?.activeFeature?.settings.peek().brush_radius;
    const camera = this.camera(point);
    if (!isBrush(tools.tool.peek()) || point.shift || !radius || !camera) return null;
    return { point, left, top, diameter: 2 * radius * widthScale(point.axis, camera) };
  }

  private async askValue(at: Position): Promise<void> {
    const { tomograms, tomogram, hover } = this.viewer;
    const uid = tomogram.peek()?.uid;
    if (uid === undefined) return;
    const question = { tomogram: uid, position: [at.z, at.y, at.x] as const };
    try {
      const { content } = await tomograms.link.request("value", question);
      const now = hover.peek();
      if (now && content.value !== null && sameVoxel(now.at, at))
        hover.value = { at, value: content.value, exact: true };
    } catch {
      // The value of the 8-bit picture stays.
    }
  }
}
