// Mouse, pen, touch and wheel on a plane, in a real DOM: what moves the picture and what is handed to the tools.
import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Axis } from "../../src/geometry/axis";
import { type Camera, planeCamera } from "../../src/geometry/camera";
import { type Gesture, Input, type PlanePoint } from "../../src/views/input";

const VIEW = { width: 200, height: 100 };
const SHAPE = [30, 100, 200] as const;

let element: HTMLCanvasElement;
let input: Input;
const camera = signal<Camera | null>(null);
const gesture = { move: vi.fn<Gesture["move"]>(), end: vi.fn(), cancel: vi.fn() };
const handlers = {
  press: vi.fn<(point: PlanePoint) => Gesture | null>(() => gesture),
  hover: vi.fn(),
  resizeBrush: vi.fn(),
};
const step = vi.fn();
let drags = false;

function begin(axis: Axis): void {
  document.body.innerHTML =
    '<div role="application" tabindex="-1"><button>b</button><canvas tabindex="0"></canvas></div>';
  element = document.querySelector("canvas")!;
  element.setPointerCapture = vi.fn();
  camera.value = { x: 100, y: 50, scale: 1 };
  const surface = {
    axis,
    element,
    camera: () => planeCamera(axis, camera.peek()!, VIEW, SHAPE, 1, { z: 15, y: 0, x: 0 }),
    size: () => VIEW,
  };
  input = new Input(surface, { camera, drags: () => drags, step }, handlers);
}

beforeEach(() => {
  drags = false;
  vi.clearAllMocks();
  begin("z");
});
afterEach(() => input.close());

interface Pointer extends PointerEventInit {
  at: [number, number];
}

function pointer(kind: string, { at: [clientX, clientY], ...init }: Pointer): void {
  const event = new PointerEvent(kind, { bubbles: true, cancelable: true, pointerType: "mouse", ...init });
  // happy-dom leaves these out of its pointer events.
  for (const [name, value] of Object.entries({ clientX, clientY, pointerId: 1, pressure: 0.5, ...init }))
    Object.defineProperty(event, name, { value, configurable: true });
  element.dispatchEvent(event);
}

function wheel(deltaY: number, more: WheelEventInit & { at?: [number, number] } = {}): void {
  const { at = [100, 50], ...init } = more;
  const event = new WheelEvent("wheel", { deltaY, bubbles: true, cancelable: true, ...init });
  for (const [name, value] of Object.entries({ clientX: at[0], clientY: at[1], deltaMode: 0, ...init }))
    Object.defineProperty(event, name, { value, configurable: true });
  element.dispatchEvent(event);
}

describe.each([
  ["z", { column: 110, row: 60 }],
  ["y", { column: 110, row: 25 }],
  ["x", { column: 25, row: 60 }],
] as const)("across %s", (axis, place) => {
  test("a press is handed on as the place that is seen there", () => {
    input.close();
    begin(axis);
    pointer("pointerdown", { at: [110, 40], button: 0 });
    expect(handlers.press.mock.lastCall![0]).toMatchObject({ axis, ...place, pressure: 1, secondary: false });
    pointer("pointermove", { at: [120, 40] });
    expect(gesture.move.mock.lastCall![0][0]).toMatchObject({ column: place.column + 10, row: place.row });
    pointer("pointerup", { at: [120, 40] });
    expect(gesture.end).toHaveBeenCalledOnce();
  });

  test("the wheel turns slices of its axis, around the end", () => {
    input.close();
    begin(axis);
    wheel(100);
    expect(step).toHaveBeenLastCalledWith(axis, 1, true);
    wheel(-100);
    expect(step).toHaveBeenLastCalledWith(axis, -1, true);
  });
});

test("the right button is the opposite, and its menu stays closed", () => {
  pointer("pointerdown", { at: [1, 1], button: 2, buttons: 2 });
  expect(handlers.press.mock.lastCall![0].secondary).toBe(true);
  const menu = new MouseEvent("contextmenu", { bubbles: true, cancelable: true });
  const outside = vi.fn();
  document.body.addEventListener("contextmenu", outside, { once: true });
  element.dispatchEvent(menu);
  expect(menu.defaultPrevented).toBe(true);
  expect(outside).not.toHaveBeenCalled();
});

test("a stroke that the browser takes away is given up", () => {
  pointer("pointerdown", { at: [10, 10], button: 0 });
  pointer("pointercancel", { at: [10, 10] });
  expect(gesture.cancel).toHaveBeenCalledOnce();
  pointer("pointermove", { at: [20, 20] });
  expect(gesture.move).not.toHaveBeenCalled();
});

test("closing gives up the stroke in progress", () => {
  pointer("pointerdown", { at: [10, 10], button: 0 });
  input.close();
  expect(gesture.cancel).toHaveBeenCalledOnce();
});

test("small steps of a touch pad add up to one slice; ctrl changes the brush", () => {
  for (let i = 0; i < 4; i++) wheel(10);
  expect(step).not.toHaveBeenCalled();
  wheel(10);
  expect(step).toHaveBeenCalledWith("z", 1, true);
  wheel(100, { ctrlKey: true });
  expect(handlers.resizeBrush).toHaveBeenCalledWith(-0.5);
  expect(step).toHaveBeenCalledTimes(1);
});

test("shift and wheel zoom around the pointer", () => {
  wheel(-400 * Math.log(2), { shiftKey: true, at: [150, 50] });
  expect(camera.value!.scale).toBeCloseTo(2);
  expect(camera.value!.x).toBeCloseTo(125); // 150 stays under the pointer
});

test("the middle button moves the picture, with ctrl it changes the brush", () => {
  pointer("pointerdown", { at: [50, 50], button: 1 });
  pointer("pointermove", { at: [60, 45] });
  expect(camera.value).toEqual({ x: 90, y: 45, scale: 1 });
  pointer("pointerup", { at: [60, 45] });
  pointer("pointermove", { at: [90, 90] });
  expect(camera.value).toEqual({ x: 90, y: 45, scale: 1 });
  pointer("pointerdown", { at: [50, 50], button: 1, ctrlKey: true });
  pointer("pointermove", { at: [70, 50] });
  expect(handlers.resizeBrush).toHaveBeenCalledWith(2);
  expect(handlers.press).not.toHaveBeenCalled();
});

test("the Move tool drags with the left button and still hands on the click", () => {
  drags = true;
  pointer("pointerdown", { at: [50, 50], button: 0 });
  pointer("pointermove", { at: [40, 50] });
  expect(camera.value!.x).toBe(110);
  expect(handlers.press).toHaveBeenCalledOnce();
});

test("two fingers move and zoom, and end the stroke of the first", () => {
  const touch = { pointerType: "touch", button: 0 };
  pointer("pointerdown", { at: [50, 50], pointerId: 1, ...touch });
  expect(handlers.press).toHaveBeenCalledOnce();
  pointer("pointerdown", { at: [150, 50], pointerId: 2, ...touch });
  expect(gesture.cancel).toHaveBeenCalledOnce();
  pointer("pointermove", { at: [170, 50], pointerId: 2, ...touch });
  pointer("pointermove", { at: [30, 50], pointerId: 1, ...touch });
  expect(camera.value!.scale).toBeCloseTo(1.4);
  expect(camera.value!.x).toBeCloseTo(100);
  expect(gesture.move).not.toHaveBeenCalled();
});

test("once a pen was seen, fingers no longer paint", () => {
  pointer("pointerdown", { at: [50, 50], pointerType: "pen", pressure: 0.3, pointerId: 5 });
  expect(handlers.press.mock.lastCall![0].pressure).toBe(0.3);
  pointer("pointerup", { at: [50, 50], pointerType: "pen", pointerId: 5 });
  pointer("pointerdown", { at: [60, 60], pointerType: "touch", pointerId: 6 });
  expect(handlers.press).toHaveBeenCalledOnce();
});

test("the pointer is followed while no button is down, and its leaving is told", () => {
  pointer("pointermove", { at: [110, 40] });
  expect(handlers.hover).toHaveBeenCalledWith(expect.objectContaining({ column: 110, row: 60 }), 110, 40);
  pointer("pointerleave", { at: [300, 40] });
  expect(handlers.hover).toHaveBeenLastCalledWith(null, 0, 0);
});

test("keys act on the picture under the pointer, but never leave a text that is edited", () => {
  document.querySelector("button")!.focus();
  pointer("pointerenter", { at: [10, 10] });
  expect(document.activeElement).toBe(element);
  const field = document.createElement("input");
  field.type = "text";
  document.querySelector("[role=application]")!.append(field);
  field.focus();
  pointer("pointerenter", { at: [10, 10] });
  expect(document.activeElement).toBe(field);
});
