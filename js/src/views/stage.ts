// Draws the three planes of a view when something that they show has changed, at most once per frame.
import { computed, effect, untracked } from "@preact/signals";
import type { SliceStore } from "../state/slice_store";
import type { Viewer } from "../state/viewer";
import { type Axis, type Slice, storedValue } from "../volume/slice";
import { autocontrast, histogram, subsample } from "../volume/statistics";
import { fitCamera, keptInSight, type PlaneCamera, planeCamera } from "./camera";
import { foundLayers, foundLook } from "./found_layers";
import { drawOverlay, type OverlayScene, overlayLook } from "./overlay";
import { Plane, type PlaneElements } from "./plane";
import { Renderer } from "./renderer";

/** Milliseconds without a new slice after which the histogram is made. */
const REST = 150;

/** Milliseconds that the last slice stays while the next one is fetched: shorter, and scrolling would flicker. */
const KEEP = 250;

/** Milliseconds after which cross-sections follow strokes and scrolling: at rest, and at the latest. */
const LATER = 80;
const LATEST = 1000;

export const AXES: readonly Axis[] = ["z", "y", "x"];

export class Stage {
  readonly planes: Record<Axis, Plane>;
  outline: readonly { x: number; y: number }[] | null = null;
  outlineAxis: Axis = "z";
  private renderer: Renderer;
  private pictures = new Set<Axis>();
  private overlays = new Set<Axis>();
  private frame = 0;
  private later = new Map<Axis, { timer: ReturnType<typeof setTimeout>; since: number }>();
  private statisticsOf = "";
  private rest: ReturnType<typeof setTimeout> | undefined;
  private overdue: ReturnType<typeof setTimeout> | undefined;
  private shownIndex: Record<Axis, number> = { z: -1, y: -1, x: -1 };
  private stop: (() => void)[] = [];
  private observer: ResizeObserver;

  constructor(
    private viewer: Viewer,
    private slices: SliceStore,
    elements: Record<Axis, PlaneElements>,
    private onLost: (lost: boolean) => void,
  ) {
    // A stroke is seen at once where it is made; the other cross-sections follow when the hand rests.
    const make = (axis: Axis) => {
      const seen = () => axis === "z" || elements[axis].canvas.matches(":hover");
      return new Plane(axis, elements[axis], () => (seen() ? this.redraw(axis) : this.redrawLater(axis)));
    };
    this.planes = { z: make("z"), y: make("y"), x: make("x") };
    this.renderer = new Renderer(elements.z.canvas, Object.values(this.planes), viewer, (lost) => {
      this.onLost(lost);
      if (!lost) this.redraw();
    });
    this.observer = new ResizeObserver(() => this.redraw());
    for (const axis of AXES) this.observer.observe(elements[axis].canvas);
    this.watch();
  }

  get supported(): boolean {
    return this.renderer.supported;
  }

  redraw(axis?: Axis): void {
    for (const one of axis ? [axis] : AXES) this.pictures.add(one);
    this.redrawOverlay(axis);
  }

  /** Draws a cross-section when nothing has asked for it for a moment, or at the latest after a longer one. */
  private redrawLater(axis: Axis): void {
    const now = performance.now();
    const last = this.later.get(axis);
    clearTimeout(last?.timer);
    const since = last?.since ?? now;
    const waits = () => this.viewer.loading.peek() === "yes" && performance.now() - since < LATEST; // the main view comes first
    const timer = setTimeout(
      () => {
        if (waits()) return this.redrawLater(axis);
        this.later.delete(axis);
        this.redraw(axis);
      },
      Math.max(0, Math.min(LATER, since + LATEST - now)),
    );
    this.later.set(axis, { timer, since });
  }

  redrawOverlay(axis?: Axis): void {
    for (const one of axis ? [axis] : AXES) this.overlays.add(one);
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  /** Grey values of the main view as displayed: filtered, or null when they are those of the slice. */
  filteredValues(): Float32Array | null {
    return this.planes.z.textures?.filteredValues() ?? null;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    clearTimeout(this.overdue);
    for (const { timer } of this.later.values()) clearTimeout(timer);
    this.observer.disconnect();
    for (const stop of this.stop) stop();
    for (const axis of AXES) this.planes[axis].reset();
    this.renderer.close();
  }

  private watch(): void {
    const { viewer, slices } = this;
    // What the pictures depend on; the rest of what is known of a tomogram changes with every stroke.
    const look = computed(() => {
      const tomogram = viewer.tomogram.value;
      const info = tomogram?.info.value;
      const features = tomogram?.features.value.map((feature) => {
        const { color, alpha, visible, filled } = feature.settings.value;
        return [feature.uid, color, alpha, visible, filled];
      });
      return JSON.stringify([
        tomogram?.uid,
        info?.available,
        info?.voxel_size,
        features,
        viewer.filters.value,
      ]);
    });
    // A model in training is told of several times a second; the pictures wait for what they show to change.
    const found = computed(() => foundLook(viewer));
    const view = [
      viewer.contrast,
      viewer.inverted,
      viewer.interpolate,
      viewer.solo,
      viewer.camera,
      viewer.ortho,
    ];
    this.stop.push(
      effect(() => {
        look.value;
        viewer.tomogram.value?.features.value;
        for (const one of view) one.value;
        viewer.autocontrast.value;
        this.redraw();
      }),
      effect(() => {
        viewer.predictions.shown.value;
        viewer.predictions.copied.value;
        this.redraw("z");
      }),
      effect(() => {
        found.value;
        viewer.results.arrived.value;
        this.redraw();
      }),
      effect(() => {
        for (const feature of viewer.tomogram.value?.features.value ?? []) {
          feature.boxes.value;
          feature.settings.value;
        }
        viewer.tomogram.value?.info.value.region;
        this.redrawOverlay();
      }),
      effect(() => {
        const { key } = slices.arrived.value;
        const { position } = viewer;
        if (!key) this.redraw();
        else if (key.index === position.peek()[key.axis] && key.tomogram === viewer.tomogram.peek()?.uid) {
          this.redraw(key.axis);
          if (key.axis === "z") this.paintNow();
        }
      }),
      effect(() => {
        const { z, y, x } = viewer.position.value;
        for (const [axis, index] of [
          ["z", z],
          ["y", y],
          ["x", x],
        ] as const)
          if (this.shownIndex[axis] !== index) {
            // Asked for now, not in the next frame.
            if (axis === "z") this.keepsPicture(this.slices.current("z"));
            else if (viewer.ortho.peek()) this.slices.current(axis);
            this.redraw(axis);
          }
        this.redrawOverlay();
      }),
    );
  }

  /** A slice that was waited for is drawn before anything else gets the processor. */
  private paintNow(): void {
    cancelAnimationFrame(this.frame);
    untracked(() => this.paint());
  }

  private paint(): void {
    this.frame = 0;
    // What drawing itself changes (contrast of a new slice) is drawn in the next frame.
    const { pictures, overlays } = this;
    this.pictures = new Set();
    this.overlays = new Set();
    const tomogram = this.viewer.tomogram.peek();
    if (!tomogram) return;
    // Lines over the views and numbers beside them change together with the picture, in one frame.
    const kept = this.keepsPicture(this.slices.current("z"));
    const { shape, voxel_size } = tomogram.info.peek();
    const ratio = voxel_size[0] > 0 && voxel_size[2] > 0 ? voxel_size[0] / voxel_size[2] : 1;
    for (const axis of AXES) {
      const plane = this.planes[axis];
      if (axis !== "z" && !this.viewer.ortho.peek()) {
        this.slices.hide(axis);
        continue;
      }
      if (plane.resize()) {
        pictures.add(axis);
        // A picture that was fitted and not moved since stays fitted.
        if (axis === "z" && this.viewer.camera.peek() === this.viewer.fitted) this.viewer.camera.value = null;
      }
      if (axis === "z" && this.viewer.camera.peek() === null) {
        this.viewer.fitted = fitCamera({ width: shape[2], height: shape[1] }, plane.size);
        this.viewer.camera.value = this.viewer.fitted;
      }
      const position = this.viewer.position.peek();
      const wanted = planeCamera(axis, this.viewer.camera.peek()!, plane.size, shape[0], ratio, position);
      const camera = keptInSight(axis, wanted, plane.camera, plane.size, shape[0], position.z + 0.5);
      // Scrolling moves the cross-sections along z; that may wait.
      const moved = !same(camera, plane.camera);
      if (moved && axis !== "z" && plane.camera && !pictures.has(axis)) this.redrawLater(axis);
      else {
        if (moved) pictures.add(axis);
        plane.camera = camera;
      }
      if (axis === "z" ? kept : pictures.has(axis) && this.lags(plane)) {
        this.pictures.add(axis); // drawn when the slice has arrived
        continue;
      }
      if (pictures.has(axis)) this.paintPicture(plane, position[axis]);
      else if (kept && overlays.has(axis)) {
        this.overlays.add(axis);
        continue;
      }
      if (overlays.has(axis) || pictures.has(axis))
        this.paintOverlay(plane, {
          axis,
          camera: plane.camera!,
          size: plane.size,
          position,
          tomogram,
          solo: this.viewer.solo.peek(),
          pixelSize: voxel_size[2],
          outline: this.outlineAxis === axis ? this.outline : null,
          cross: this.viewer.ortho.peek(),
        });
    }
  }

  private paintOverlay(plane: Plane, scene: OverlayScene): void {
    const look = overlayLook(scene);
    if (look === plane.overlayLook) return;
    plane.overlayLook = look;
    drawOverlay(plane.context, scene);
  }

  private paintPicture(plane: Plane, index: number): void {
    const { viewer } = this;
    const tomogram = viewer.tomogram.peek()!;
    this.shownIndex[plane.axis] = index;
    const slice = this.slices.current(plane.axis);
    plane.show(tomogram, index);
    plane.shownUid = slice ? tomogram.uid : "";
    const limits =
      viewer.contrast.peek() ??
      (slice ? ([slice.decode[1], slice.decode[0] + slice.decode[1]] as const) : [0, 1]);
    this.renderer.draw(
      plane,
      slice,
      limits as [number, number],
      slice ? foundLayers(plane, index, viewer) : [],
    );
    if (plane.axis === "z" && slice) this.describe();
  }

  /** A cross-section keeps its last picture until the next slice has arrived. */
  private lags(plane: Plane): boolean {
    const { uid, info } = this.viewer.tomogram.peek()!;
    return info.peek().available && plane.shownUid === uid && !this.slices.current(plane.axis);
  }

  /** While the main view's slice is on its way, the picture of the last one stays for a moment. */
  private keepsPicture(slice: Slice | undefined): boolean {
    const { loading, tomogram, position, shownZ } = this.viewer;
    const current = tomogram.peek();
    const uid = current?.uid ?? "";
    const waits = !slice && current?.info.peek().available === true;
    if (!waits) {
      clearTimeout(this.overdue);
      this.overdue = undefined;
      loading.value = "no";
    } else if (loading.peek() === "no") {
      loading.value = "yes";
      this.overdue = setTimeout(() => {
        loading.value = "slow";
        this.redraw("z");
      }, KEEP);
    }
    const keeps = loading.peek() === "yes" && this.planes.z.shownUid === uid;
    if (!keeps) shownZ.value = position.peek().z;
    return keeps;
  }

  /** Contrast at once when it follows the slice or was never set; the histogram when scrolling has come to rest. */
  private describe(): void {
    const { viewer } = this;
    const { z } = viewer.position.peek();
    const automatic = viewer.autocontrast.peek();
    const key = JSON.stringify([
      viewer.uid.peek(),
      z,
      this.slices.current("z")?.step,
      viewer.filters.peek(),
      automatic,
    ]);
    const wanted = viewer.contrast.peek() === null || automatic;
    if (key === this.statisticsOf && viewer.contrast.peek() !== null) return;
    this.statisticsOf = key;
    clearTimeout(this.rest);
    if (wanted) this.measure(true);
    else this.rest = setTimeout(() => this.measure(false), REST);
  }

  private measure(setContrast: boolean): void {
    const slice = this.slices.current("z");
    if (!slice) return;
    const filtered = this.filteredValues();
    const sample = subsample(
      slice.width,
      slice.height,
      filtered ? (i) => filtered[i] : (i) => storedValue(slice, i),
    );
    if (setContrast) this.viewer.contrast.value = autocontrast(sample);
    this.viewer.histogram.value = histogram(sample);
  }
}

function same(a: PlaneCamera, b: PlaneCamera | null): boolean {
  return b !== null && a.x === b.x && a.y === b.y && a.scaleX === b.scaleX && a.scaleY === b.scaleY;
}
