// Mouse, pen, touch and wheel on a plane: navigation is handled here, painting is passed on as places on the plane.
import type { Signal } from "@preact/signals";
import type { Axis } from "../geometry/axis";
import { type Camera, type PlaneCamera, panned, toPlane, zoomed } from "../geometry/camera";
import type { Place, Size } from "../geometry/plane";
import { Pinch, type PinchChange } from "./pinch";

/** A place on a plane as shown, with the state of the pointer. */
export interface PlanePoint extends Place {
  axis: Axis;
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
  /** A button went down; null if dragging then does nothing. */
  press(point: PlanePoint): Gesture | null;
  hover(point: PlanePoint | null, left: number, top: number): void;
  resizeBrush(by: number): void;
}

/** The element of a plane that receives the pointer, and how the plane is placed on it. */
export interface Surface {
  axis: Axis;
  element: HTMLElement;
  camera(): PlaneCamera | null;
  size(): Size;
}

/** What pointer and wheel move without a tool. */
export interface Navigation {
  camera: Signal<Camera | null>;
  /** Whether the left button moves the picture. */
  drags(): boolean;
  step(axis: Axis, by: number, wraps: boolean): void;
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
    private navigation: Navigation,
    private handlers: InputHandlers,
  ) {
    const { element } = surface;
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      handler: (event: HTMLElementEventMap[K]) => void,
    ) => element.addEventListener(name, handler, { signal: this.off.signal, passive: false });
    on("pointerdown", (event) => this.onDown(event));
    on("pointermove", (event) => this.onMove(event));
    on("pointerup", (event) => this.onUp(event));
    on("pointercancel", (event) => this.onCancel(event));
    on("lostpointercapture", (event) => this.onCancel(event));
    // The keys act on the picture under the pointer, not on the button that was clicked last.
    on("pointerenter", () => {
      const focused = document.activeElement;
      const inside = focused?.closest('[role="application"]')?.contains(element);
      if (inside && !focused?.matches("input[type=text], input[type=number], select, textarea"))
        element.focus({ preventScroll: true });
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
    const box = this.surface.element.getBoundingClientRect();
    return { left: event.clientX - box.left, top: event.clientY - box.top };
  }

  private point(event: PointerEvent): PlanePoint | null {
    const camera = this.surface.camera();
    if (!camera) return null;
    const { left, top } = this.place(event);
    return {
      axis: this.surface.axis,
      ...toPlane(camera, this.surface.size(), left, top),
      pressure: event.pointerType === "pen" ? event.pressure : 1,
      pointer: event.pointerType,
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      secondary: event.button === 2 || (event.buttons & 2) !== 0 || (event.buttons & 32) !== 0,
    };
  }

  private onDown(event: PointerEvent): void {
    const { element } = this.surface;
    element.focus({ preventScroll: true });
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
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
    const navigates = this.navigation.drags() && event.button === 0;
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
    // One notch of a wheel is one step; the small movements of a touch pad add up to steps.
    this.wheel = Math.abs(pixels) >= NOTCH ? Math.sign(pixels) * NOTCH : this.wheel + pixels;
    const notches = Math.trunc(this.wheel / NOTCH);
    if (notches === 0) return;
    this.wheel -= notches * NOTCH;
    if (event.ctrlKey || event.metaKey) this.handlers.resizeBrush(-0.5 * notches);
    else this.navigation.step(this.surface.axis, notches, true);
  }

  private zoom(left: number, top: number, factor: number): void {
    const { camera } = this.navigation;
    const now = camera.peek();
    if (now) camera.value = zoomed(this.surface.axis, now, this.surface.size(), left, top, factor);
  }

  private pan(right: number, down: number): void {
    const { camera } = this.navigation;
    const now = camera.peek();
    if (now) camera.value = panned(this.surface.axis, now, right, down);
  }

  private pinched(change: PinchChange): void {
    this.pan(change.right, change.down);
    this.zoom(change.left, change.top, change.factor);
  }
}
