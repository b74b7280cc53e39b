// Joins pointer and tools: from a place on the screen to pixels of a mask, and what is known of the place under the cursor.
import { effect, untracked } from "@preact/signals";
import type { Picture } from "../labels/flood";
import type { Allowed } from "../labels/stroke";
import type { Actions } from "../state/actions";
import { foundBy } from "../state/copy_prediction";
import { FeatureState } from "../state/feature";
import type { SliceStore } from "../state/slice_store";
import { brushMax } from "../state/tool_state";
import type { Position, Viewer } from "../state/viewer";
import { startBox } from "../tools/box_tool";
import { startBrush } from "../tools/brush_tool";
import type { ToolContext, ToolGesture, ToolPoint } from "../tools/context";
import { startLasso } from "../tools/lasso_tool";
import { startRegion } from "../tools/region_tool";
import type { Gesture, InputHandlers, PlanePoint } from "../views/input";
import type { Stage } from "../views/stage";
import { type Axis, type Slice, valueAt, values } from "../volume/slice";
import { meanAndDeviation } from "../volume/statistics";

/** Milliseconds the cursor must rest before the exact value is asked for. */
const REST = 150;
/** Slices up to this size are fetched with exact values while the flood brush is in the hand. */
const EXACT_BYTES = 32 * 1024 * 1024;

const BRUSHES = new Set(["brush", "erase", "flood"]);

export class Controller implements InputHandlers {
  private exact: { z: number; uid: string; slice: Slice } | null = null;
  private shown: { key: string; picture: Picture; spread: number } | null = null;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private pointer: { point: PlanePoint; left: number; top: number } | null = null;
  private stop: () => void;

  constructor(
    private viewer: Viewer,
    private slices: SliceStore,
    private stage: Stage,
    private actions: Actions,
    private showCursor: (left: number, top: number, diameter: number, plane: PlanePoint) => void,
    private hideCursor: () => void,
  ) {
    // Another slice came under the pointer.
    this.stop = effect(() => {
      viewer.position.value;
      viewer.loading.value;
      const { key } = slices.arrived.value;
      if (key && key.axis !== this.pointer?.point.axis) return;
      untracked(() => this.pointer && this.hover(this.pointer.point, this.pointer.left, this.pointer.top));
    });
  }

  press(point: PlanePoint): Gesture | null {
    const { tools } = this.viewer;
    const name = tools.tool.peek();
    const tool = point.shift && name !== "navigate" ? "box" : name;
    if (tool === "navigate") return this.moveCursor(point);
    if (tool === "region") return this.drawRegion(point);
    if (this.viewer.tomogram.peek()?.loaded.peek() === false) return this.whenLoaded(point);
    const started = this.begin(tool, point);
    return started && this.follow(started, tool, point);
  }

  private begin(tool: string, point: PlanePoint): ToolGesture | null {
    const context = this.context(point);
    return context && this.start(tool, context, toolPoint(point));
  }

  hover(point: PlanePoint | null, left: number, top: number): void {
    this.pointer = point && { point, left, top };
    clearTimeout(this.resting);
    const tomogram = this.viewer.tomogram.peek();
    if (!point || !tomogram) {
      this.viewer.hover.value = null;
      this.hideCursor();
      return;
    }
    const at = this.position(point);
    const slice = this.slices.current(point.axis);
    const value = slice ? valueAt(slice, point.column, point.row) : Number.NaN;
    const inside = !Number.isNaN(value);
    // While the last picture stays, so does what is known of it.
    if (slice || this.viewer.loading.peek() !== "yes")
      this.viewer.hover.value = inside ? { at, value, exact: slice!.pixels instanceof Float32Array } : null;
    if (inside && !(slice!.pixels instanceof Float32Array))
      this.resting = setTimeout(() => this.askValue(at), REST);
    const { tools } = this.viewer;
    const painting = BRUSHES.has(tools.tool.peek()) && !point.shift;
    const radius = tomogram.activeFeature?.settings.peek().brush_radius;
    const camera = this.stage.planes[point.axis].camera;
    if (painting && radius && camera) {
      const scale = point.axis === "x" ? camera.scaleY : camera.scaleX;
      this.showCursor(left, top, 2 * radius * scale, point);
    } else this.hideCursor();
    if (tools.tool.peek() === "flood" || tools.limited.peek()) void this.prepareExact();
  }

  resizeBrush(by: number): void {
    const tomogram = this.viewer.tomogram.peek();
    const feature = tomogram?.activeFeature;
    if (!tomogram || !feature) return;
    const most = brushMax(this.viewer.pixelSize.peek());
    const next = Math.min(most, Math.max(1, feature.settings.peek().brush_radius + by));
    this.actions.set(feature, "brush_radius", next);
  }

  close(): void {
    clearTimeout(this.resting);
    this.stop();
  }

  /** The picture may be there before the annotations: what is drawn meanwhile is painted when they have arrived. */
  private whenLoaded(point: PlanePoint): Gesture {
    const kept: PlanePoint[] = [];
    let ended = false;
    let begun: Gesture | null = null;
    const stop = this.viewer.tomogram.peek()!.loaded.subscribe((loaded) => {
      if (!loaded || begun) return;
      begun = this.press(point);
      if (kept.length > 0) begun?.move(kept);
      if (ended) finish();
    });
    const finish = () => {
      begun?.end();
      stop();
    };
    return {
      move: (points) => (begun ? begun.move(points) : void kept.push(...points)),
      end: () => {
        ended = true;
        if (begun) finish();
      },
      cancel: () => {
        begun?.cancel();
        stop();
      },
    };
  }

  private start(tool: string, context: ToolContext, at: ToolPoint): ToolGesture | null {
    switch (tool) {
      case "box":
        return startBox(context, at);
      case "lasso":
        return startLasso(context, at);
      case "erase":
        return startBrush(context, "erase", at);
      case "flood":
        return startBrush(context, "flood", at);
      default:
        return startBrush(context, "paint", at);
    }
  }

  /** Drawn things belong to a feature: without one the first stroke makes it. */
  private context(point: PlanePoint): ToolContext | null {
    const tomogram = this.viewer.tomogram.peek();
    if (!tomogram?.loaded.peek()) return null;
    const feature = tomogram.activeFeature ?? this.actions.addFeature();
    if (!(feature instanceof FeatureState)) return null;
    const { voxel_size } = tomogram.info.peek();
    const ratio = voxel_size[0] > 0 && voxel_size[2] > 0 ? voxel_size[0] / voxel_size[2] : 1;
    return {
      tomograms: this.viewer.tomograms,
      viewer: this.viewer,
      tomogram,
      feature,
      axis: point.axis,
      index: this.viewer.position.peek()[point.axis],
      aspect: point.axis === "z" ? 1 : ratio,
      picture: () => this.picture(),
      allowed: () => this.allowed(),
      predicted: () => this.predicted(),
      outline: (points) => this.showOutline(point.axis, points),
    };
  }

  private showOutline(axis: Axis, points: readonly { column: number; row: number }[] | null): void {
    this.stage.outlineAxis = axis;
    this.stage.outline =
      points?.map(({ column, row }) => (axis === "x" ? { x: row, y: column } : { x: column, y: row })) ??
      null;
    this.stage.redrawOverlay(axis);
  }

  private follow(begun: ToolGesture, tool: string, from: PlanePoint): Gesture {
    let gesture: ToolGesture | null = begun;
    let last = from;
    let moved = false;
    const { tomograms, position, uid } = this.viewer;
    const shown = uid.peek();
    let at = position.peek()[from.axis];
    tomograms.strokeBegins();
    // Another slice comes under the pointer while it draws: what was drawn is done there, and a brush goes on here.
    const stop = effect(() => {
      const now = position.value[from.axis];
      const same = uid.value === shown;
      if (now === at && same) return;
      at = now;
      untracked(() => {
        gesture?.end();
        gesture = same && BRUSHES.has(tool) ? this.begin(tool, last) : null;
      });
    });
    return {
      move: (points) => {
        last = points[points.length - 1];
        moved = true;
        gesture?.move(points.map(toolPoint));
      },
      end: () => {
        stop();
        gesture?.end();
        tomograms.strokeEnds();
        if (moved) this.shareCursor(last);
      },
      cancel: () => {
        stop();
        gesture?.cancel();
        tomograms.strokeEnds();
      },
    };
  }

  private drawRegion(point: PlanePoint): Gesture | null {
    const tomogram = this.viewer.tomogram.peek();
    if (!tomogram || point.axis !== "z") return null;
    return startRegion(
      {
        width: tomogram.width,
        height: tomogram.height,
        outline: (points) => this.showOutline("z", points),
        set: (region) => this.actions.setRegion({ region }),
      },
      point,
    );
  }

  /** The cross-sections go to where the stroke ended. */
  private shareCursor(point: PlanePoint): void {
    const { z, y, x } = this.position(point);
    const now = this.viewer.position.peek();
    const kept = { [point.axis]: now[point.axis] };
    this.viewer.position.value = { ...this.inside({ z, y, x }), ...kept };
  }

  private moveCursor(point: PlanePoint): Gesture | null {
    let moved = 0;
    return {
      move: () => {
        moved++;
      },
      end: () => {
        if (moved < 3) this.shareCursor(point);
      },
      cancel: () => {},
    };
  }

  private position(point: PlanePoint): Position {
    const now = this.viewer.position.peek();
    const column = Math.floor(point.column);
    const row = Math.floor(point.row);
    if (point.axis === "z") return { z: now.z, y: row, x: column };
    return point.axis === "y" ? { z: row, y: now.y, x: column } : { z: column, y: row, x: now.x };
  }

  private inside({ z, y, x }: Position): Position {
    const [depth, height, width] = this.viewer.tomogram.peek()!.info.peek().shape;
    const clamp = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
    return { z: clamp(z, depth), y: clamp(y, height), x: clamp(x, width) };
  }

  private async askValue(at: Position): Promise<void> {
    const { tomograms, tomogram, hover } = this.viewer;
    const uid = tomogram.peek()?.uid;
    try {
      const question = { tomogram: uid!, position: [at.z, at.y, at.x] as const };
      const { content } = await tomograms.link.request("value", question);
      const now = hover.peek();
      if (now && content.value !== null && now.at.x === at.x && now.at.y === at.y && now.at.z === at.z)
        hover.value = { at, value: content.value, exact: true };
    } catch {
      // The value of the 8-bit picture stays.
    }
  }

  /** The grey values that are displayed: filtered if filters run, else exact when they have arrived. */
  private picture(): { picture: Picture; spread: number } | null {
    const slice = this.slices.current("z");
    if (!slice || slice.step > 1) return null;
    const { z } = this.viewer.position.peek();
    const uid = this.viewer.tomogram.peek()!.uid;
    const exact = this.exact?.z === z && this.exact.uid === uid ? this.exact.slice : null;
    const filters = JSON.stringify(this.viewer.filters.peek().filter((filter) => filter.enabled));
    const key = `${uid}/${z}/${exact ? "exact" : "seen"}/${filters}`;
    if (this.shown?.key !== key) {
      const shown = this.stage.filteredValues() ?? values(exact ?? slice);
      const picture = { width: slice.width, height: slice.height, values: shown };
      this.shown = { key, picture, spread: meanAndDeviation(shown)[1] };
    }
    return this.shown;
  }

  private allowed(): Allowed | undefined {
    const { limited, range } = this.viewer.tools;
    if (!limited.peek()) return undefined;
    const shown = this.picture();
    const [low, high] = range.peek();
    const { z: shownZ } = this.viewer.position.peek();
    if (!shown) return undefined;
    const { width, values: grey } = shown.picture;
    return (x, y, z) => z === shownZ && grey[y * width + x] >= low && grey[y * width + x] <= high;
  }

  private predicted(): Allowed | null {
    const found = foundBy(this.viewer, this.viewer.models.selected.peek());
    const { z: shownZ } = this.viewer.position.peek();
    const width = this.viewer.tomogram.peek()?.width ?? 0;
    return found && ((x, y, z) => z === shownZ && found[y * width + x] === 1);
  }

  private async prepareExact(): Promise<void> {
    const tomogram = this.viewer.tomogram.peek();
    const { z } = this.viewer.position.peek();
    if (!tomogram || (this.exact?.z === z && this.exact.uid === tomogram.uid)) return;
    if (tomogram.width * tomogram.height * 4 > EXACT_BYTES) return;
    const slice = await this.slices.exactSlice();
    if (slice) this.exact = { z, uid: tomogram.uid, slice };
  }
}

function toolPoint(point: PlanePoint): ToolPoint {
  const { pressure, secondary, shift, ctrl } = point;
  const [column, row] = point.axis === "x" ? [point.row, point.column] : [point.column, point.row];
  return { column, row, pressure, secondary, shift, ctrl };
}
