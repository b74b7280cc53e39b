// Mouse, pen, touch and wheel on a plane: navigation is done here, painting is handed on in image positions.
import type { Viewer } from "../state/viewer";
import type { Axis } from "../volume/slice";
import { type PlaneCamera, type Size, toImage, zoomed } from "./camera";
import { Pinch } from "./pinch";

/** A place on a plane. Columns and rows: z: x, y; y: x, z; x: z, y. */
export interface PlanePoint {
  axis: Axis;
  column: number;
  row: number;
  pressure: number;
  pointer: string;
  shift: boolean;
  ctrl: boolean;
  alt: boolean;
  /** Right button: the opposite of what the tool does. */
  secondary: boolean;
}

export interface Gesture {
  move(points: PlanePoint[]): void;
  end(): void;
  cancel(): void;
}

export interface InputHandlers {
  /** A button went down; null when nothing follows from dragging. */
  press(point: PlanePoint): Gesture | null;
  hover(point: PlanePoint | null, left: number, top: number): void;
  resizeBrush(by: number): void;
}

export interface Surface {
  axis: Axis;
  canvas: HTMLCanvasElement;
  camera(): PlaneCamera | null;
  size(): Size;
}

/** Wheel movement that counts as one notch, CSS pixels. */
const NOTCH = 50;

export class Input {
  private gesture: { id: number; what: Gesture } | null = null;
  private drag: { id: number; left: number; top: number; brush: boolean } | null = null;
  private wheel = 0;
  private pinch = new Pinch();
  private off = new AbortController();
  private sawPen = false;

  constructor(
    private surface: Surface,
    private viewer: Viewer,
    private handlers: InputHandlers,
  ) {
    const { canvas } = surface;
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      handler: (event: HTMLElementEventMap[K]) => void,
    ) => canvas.addEventListener(name, handler, { signal: this.off.signal, passive: false });
    on("pointerdown", (event) => this.onDown(event));
    on("pointermove", (event) => this.onMove(event));
    on("pointerup", (event) => this.onUp(event));
    on("pointercancel", (event) => this.onCancel(event));
    on("lostpointercapture", (event) => this.onCancel(event));
    // The keys act on the picture under the pointer, not on the button that was clicked last.
    on("pointerenter", () => {
      const focused = document.activeElement;
      const inside = focused?.closest('[role="application"]')?.contains(canvas);
      if (inside && !focused?.matches("input[type=text], input[type=number], select, textarea"))
        canvas.focus({ preventScroll: true });
    });
    on("pointerleave", () => handlers.hover(null, 0, 0));
    on("wheel", (event) => this.onWheel(event));
    on("contextmenu", (event) => {
      event.preventDefault();
      event.stopPropagation(); // JupyterLab would open its menu
    });
    on("auxclick", (event) => event.preventDefault());
  }

  close(): void {
    this.gesture?.what.cancel();
    this.gesture = null;
    this.off.abort();
  }

  private place(event: MouseEvent): { left: number; top: number } {
    const box = this.surface.canvas.getBoundingClientRect();
    return { left: event.clientX - box.left, top: event.clientY - box.top };
  }

  private point(event: PointerEvent): PlanePoint | null {
    const camera = this.surface.camera();
    if (!camera) return null;
    const { left, top } = this.place(event);
    const { x, y } = toImage(camera, this.surface.size(), left, top);
    return {
      axis: this.surface.axis,
      column: x,
      row: y,
      pressure: event.pointerType === "pen" ? event.pressure : 1,
      pointer: event.pointerType,
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      secondary: event.button === 2 || (event.buttons & 2) !== 0 || (event.buttons & 32) !== 0,
    };
  }

  private onDown(event: PointerEvent): void {
    const { canvas } = this.surface;
    canvas.focus({ preventScroll: true });
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    this.sawPen ||= event.pointerType === "pen";
    const { left, top } = this.place(event);
    if (event.pointerType === "touch") {
      this.pinch.down(event.pointerId, left, top);
      if (this.pinch.count > 1 || this.sawPen) {
        this.gesture?.what.cancel();
        this.gesture = null;
        return;
      }
    }
    const navigates = this.viewer.tools.tool.peek() === "navigate" && event.button === 0;
    if (event.button === 1) {
      this.drag = { id: event.pointerId, left, top, brush: event.ctrlKey || event.metaKey };
      return;
    }
    if (navigates) this.drag = { id: event.pointerId, left, top, brush: false };
    if (this.gesture) return; // another pointer is drawing
    const point = this.point(event);
    const what = point && this.handlers.press(point);
    if (what) this.gesture = { id: event.pointerId, what };
  }

  private onMove(event: PointerEvent): void {
    const { left, top } = this.place(event);
    if (
      event.pointerType === "touch" &&
      this.pinch.move(event.pointerId, left, top, (change) => this.pinched(change))
    )
      return;
    if (this.drag?.id === event.pointerId) {
      if (this.drag.brush) this.handlers.resizeBrush((left - this.drag.left) * 0.1);
      else this.pan(left - this.drag.left, top - this.drag.top);
      this.drag = { ...this.drag, left, top };
    }
    const point = this.point(event);
    if (!point) return;
    this.handlers.hover(point, left, top);
    if (this.gesture?.id !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    const points = (events.length > 0 ? events : [event]).map((one) => this.point(one)!);
    this.gesture.what.move(points);
  }

  private onUp(event: PointerEvent): void {
    this.pinch.up(event.pointerId);
    if (this.drag?.id === event.pointerId) this.drag = null;
    if (this.gesture?.id !== event.pointerId) return;
    const { what } = this.gesture;
    this.gesture = null;
    what.end();
  }

  private onCancel(event: PointerEvent): void {
    this.pinch.up(event.pointerId);
    if (this.drag?.id === event.pointerId) this.drag = null;
    if (this.gesture?.id !== event.pointerId) return;
    const { what } = this.gesture;
    this.gesture = null;
    what.cancel();
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = (event.deltaY || event.deltaX) * [1, 40, 400][event.deltaMode];
    const { left, top } = this.place(event);
    if (event.shiftKey) {
      this.zoom(left, top, Math.exp(-pixels / 400));
      return;
    }
    // A notch of a wheel is one step at once; the small steps of a touch pad add up to one.
    this.wheel = Math.abs(pixels) >= NOTCH ? Math.sign(pixels) * NOTCH : this.wheel + pixels;
    const notches = Math.trunc(this.wheel / NOTCH);
    if (notches === 0) return;
    this.wheel -= notches * NOTCH;
    if (event.ctrlKey || event.metaKey) this.handlers.resizeBrush(-0.5 * notches);
    else this.viewer.step(this.surface.axis, notches, true);
  }

  private zoom(left: number, top: number, factor: number): void {
    const camera = this.viewer.camera.peek();
    if (!camera) return;
    const next = zoomed(camera, this.surface.size(), left, top, factor);
    const { axis } = this.surface;
    // The cross-sections share one direction with the main view; the other stays.
    this.viewer.camera.value = {
      scale: next.scale,
      x: axis === "x" ? camera.x : next.x,
      y: axis === "y" ? camera.y : next.y,
    };
  }

  private pan(right: number, down: number): void {
    const camera = this.viewer.camera.peek();
    if (!camera) return;
    const { axis } = this.surface;
    this.viewer.camera.value = {
      ...camera,
      x: axis === "x" ? camera.x : camera.x - right / camera.scale,
      y: axis === "y" ? camera.y : camera.y + down / camera.scale,
    };
  }

  private pinched(change: { left: number; top: number; right: number; down: number; factor: number }): void {
    this.pan(change.right, change.down);
    this.zoom(change.left, change.top, change.factor);
  }
}
