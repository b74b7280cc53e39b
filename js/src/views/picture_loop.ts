// Draws the three planes of a view when something that they show has changed, at most once per frame.
import { untracked } from "@preact/signals";
import { AXES, type Axis, voxelAspect } from "../geometry/axis";
import { type Camera, fitCamera, keptInSight, type PlaneCamera, planeCamera } from "../geometry/camera";
import { type Place, planeSize } from "../geometry/plane";
import type { SliceStore } from "../state/slice_store";
import type { TomogramState } from "../state/tomogram";
import type { Viewer } from "../state/viewer";
import { foundLayers } from "./found_layers";
import { GreyStatistics } from "./grey_statistics";
import { LastPicture } from "./last_picture";
import { Later } from "./later";
import { measureLayout, sameViewport } from "./layout";
import { drawLines, type LinesScene, linesLook } from "./lines";
import { Plane } from "./plane";
import { Renderer } from "./renderer";
import { type Redraws, watchPicture } from "./watch_picture";

export class PictureLoop implements Redraws {
  readonly planes: Record<Axis, Plane>;
  readonly shownIndex: Record<Axis, number> = { z: -1, y: -1, x: -1 };
  private outline: { axis: Axis; places: readonly Place[] } | null = null;
  private renderer: Renderer;
  private statistics: GreyStatistics;
  private last: LastPicture;
  private later: Later;
  private pictures = new Set<Axis>();
  private lines = new Set<Axis>();
  private frame = 0;
  private ratio = 0;
  private sizesChanged = true;
  private stop: () => void;
  private observer: ResizeObserver;

  /** `picture` holds all planes; each of `surfaces` lies over its part of it. */
  constructor(
    private viewer: Viewer,
    private slices: SliceStore,
    private picture: HTMLCanvasElement,
    surfaces: Record<Axis, HTMLCanvasElement>,
    private onLost: (lost: boolean) => void,
  ) {
    // A stroke is seen at once where it is made; the other cross-sections follow when the hand rests.
    const make = (axis: Axis) => {
      const seen = () => axis === "z" || surfaces[axis].matches(":hover");
      return new Plane(axis, surfaces[axis], () => (seen() ? this.redraw(axis) : this.later.ask(axis)));
    };
    this.planes = { z: make("z"), y: make("y"), x: make("x") };
    this.renderer = new Renderer(picture, Object.values(this.planes), viewer, (lost) => {
      this.onLost(lost);
      if (!lost) this.redraw();
    });
    this.later = new Later(
      (axis) => this.redraw(axis),
      () => viewer.loading.peek() === "yes",
    );
    this.last = new LastPicture(viewer, () => this.redraw("z"));
    this.statistics = new GreyStatistics(
      viewer,
      () => slices.current("z"),
      () => this.filteredValues(),
    );
    this.observer = new ResizeObserver(() => {
      this.sizesChanged = true;
      this.redrawLines();
    });
    for (const element of [picture, ...Object.values(surfaces)]) this.observer.observe(element);
    this.stop = watchPicture(viewer, slices, this);
  }

  get supported(): boolean {
    return this.renderer.supported;
  }

  redraw(axis?: Axis): void {
    for (const one of axis ? [axis] : AXES) this.pictures.add(one);
    this.redrawLines(axis);
  }

  redrawLines(axis?: Axis): void {
    for (const one of axis ? [axis] : AXES) this.lines.add(one);
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  turnTo(axis: Axis): void {
    // Asked for now, not in the next frame.
    if (axis === "z") this.lastStays();
    else if (this.viewer.ortho.peek()) this.slices.current(axis);
    this.redraw(axis);
  }

  paintNow(): void {
    cancelAnimationFrame(this.frame);
    untracked(() => this.paint());
  }

  /** Shows a line under construction, such as that of the lasso; null takes it away. */
  showOutline(axis: Axis, places: readonly Place[] | null): void {
    this.outline = places && { axis, places };
    this.redrawLines(axis);
  }

  /** Grey values of the main view as displayed: filtered, or null when they are those of the slice. */
  filteredValues(): Float32Array | null {
    return this.planes.z.textures?.filteredValues() ?? null;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.statistics.close();
    this.last.close();
    this.later.close();
    this.observer.disconnect();
    this.stop();
    for (const axis of AXES) this.planes[axis].close();
    this.renderer.close();
  }

  private paint(): void {
    this.frame = 0;
    // What drawing itself changes (contrast of a new slice) is drawn in the next frame.
    const { pictures, lines } = this;
    this.pictures = new Set();
    this.lines = new Set();
    const tomogram = this.viewer.tomogram.peek();
    this.layOut(pictures);
    if (!tomogram) return;
    // Lines over the views and numbers beside them change together with the picture, in one frame.
    const stays = this.lastStays();
    for (const axis of AXES) {
      const plane = this.planes[axis];
      if (axis !== "z" && !this.viewer.ortho.peek()) {
        this.slices.hide(axis);
        continue;
      }
      this.moveCamera(plane, tomogram, pictures);
      if (axis === "z" ? stays : pictures.has(axis) && this.lags(plane)) {
        this.pictures.add(axis); // drawn when the slice has arrived
        continue;
      }
      if (pictures.has(axis)) this.paintPicture(plane, tomogram);
      else if (stays && lines.has(axis)) {
        this.lines.add(axis);
        continue;
      }
      if (lines.has(axis) || pictures.has(axis)) this.paintLines(plane, tomogram);
    }
  }

  /** Follows a change of the sizes on the page. What has moved is added to `pictures`. */
  private layOut(pictures: Set<Axis>): void {
    const { viewer, picture } = this;
    if (!this.sizesChanged && this.ratio === (globalThis.devicePixelRatio || 1)) return;
    this.sizesChanged = false;
    const { width, height, ratio, parts } = measureLayout(picture, Object.values(this.planes));
    const moved = parts.filter(({ plane, viewport }) => !sameViewport(plane.viewport, viewport));
    if (moved.length === 0 && picture.width === width && picture.height === height && ratio === this.ratio)
      return;
    this.ratio = ratio;
    this.renderer.clear(width, height);
    for (const { plane, viewport } of parts) {
      plane.place(viewport, ratio);
      pictures.add(plane.axis);
    }
    // A picture that was fitted and not moved since stays fitted.
    const changed = moved.some(({ plane }) => plane.axis === "z");
    if (changed && viewer.camera.peek() === viewer.fitted) viewer.camera.value = null;
  }

  private moveCamera(plane: Plane, tomogram: TomogramState, pictures: Set<Axis>): void {
    const { axis } = plane;
    const { shape, voxel_size } = tomogram.info.peek();
    const position = this.viewer.position.peek();
    const main = this.mainCamera(shape);
    const wanted = planeCamera(axis, main, plane.size, shape, voxelAspect(voxel_size), position);
    const camera = keptInSight(axis, wanted, plane.camera, plane.size, shape[0], position.z + 0.5);
    if (same(camera, plane.camera)) return;
    // Scrolling moves the cross-sections along z; that may wait.
    if (axis !== "z" && plane.camera && !pictures.has(axis)) this.later.ask(axis);
    else {
      pictures.add(axis);
      plane.camera = camera;
    }
  }

  private mainCamera(shape: readonly [number, number, number]): Camera {
    const { viewer } = this;
    const now = viewer.camera.peek();
    if (now) return now;
    const fitted = fitCamera(planeSize("z", shape), this.planes.z.size);
    viewer.fitted = fitted;
    viewer.camera.value = fitted;
    return fitted;
  }

  private paintLines(plane: Plane, tomogram: TomogramState): void {
    const { axis, size } = plane;
    const { outline, viewer } = this;
    const scene: LinesScene = {
      axis,
      camera: plane.camera!,
      size,
      position: viewer.position.peek(),
      tomogram,
      solo: viewer.solo.peek(),
      pixelSize: tomogram.info.peek().voxel_size[2],
      outline: outline?.axis === axis ? outline.places : null,
      cross: viewer.ortho.peek(),
      picks: viewer.shownPicks.peek(),
    };
    const look = linesLook(scene);
    if (look === plane.linesLook) return;
    plane.linesLook = look;
    drawLines(plane.context, scene);
  }

  private paintPicture(plane: Plane, tomogram: TomogramState): void {
    const { viewer } = this;
    const { axis } = plane;
    const index = viewer.position.peek()[axis];
    this.shownIndex[axis] = index;
    const slice = this.slices.current(axis);
    plane.show(tomogram, index);
    plane.shownUid = slice ? tomogram.uid : "";
    const found = slice && plane.textures ? foundLayers(plane.textures, axis, index, viewer) : [];
    const limits = viewer.contrast.peek() ?? (slice ? decodedRange(slice.decode) : [0, 1]);
    this.renderer.draw(plane, slice, limits, found);
    if (axis === "z" && slice) this.statistics.follow();
  }

  /** A cross-section keeps its last picture until the next slice has arrived. */
  private lags(plane: Plane): boolean {
    const { uid, info } = this.viewer.tomogram.peek()!;
    return info.peek().available && plane.shownUid === uid && !this.slices.current(plane.axis);
  }

  private lastStays(): boolean {
    return this.last.stays(this.slices.current("z"), this.planes.z.shownUid);
  }
}

function decodedRange([factor, offset]: readonly [number, number]): [number, number] {
  return [offset, factor + offset];
}

function same(a: PlaneCamera, b: PlaneCamera | null): boolean {
  return b !== null && a.x === b.x && a.y === b.y && a.scaleX === b.scaleX && a.scaleY === b.scaleY;
}
