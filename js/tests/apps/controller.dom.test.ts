// From the pointer to masks, boxes and the cursor: which tool a press begins, and what changes under a stroke.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Axis } from "../../src/geometry/axis";
import { placeOf } from "../../src/geometry/plane";
import { point, SHAPE, Window } from "./window";

let window: Window;
beforeEach(async () => {
  window = new Window();
  await window.open();
});
afterEach(() => window.close());

const AT = { z: 5, y: 15, x: 20 };
const pixel = (z: number, y: number, x: number) => window.feature.masks.get(z)?.[y * SHAPE[2] + x];

describe.each(["z", "y", "x"] as Axis[])("across %s", (axis) => {
  test("a click paints the voxel that is seen there", () => {
    const { column, row } = placeOf(axis, AT);
    window.controller.press(point(axis, column + 0.5, row + 0.5))!.end();
    expect(pixel(5, 15, 20)).toBe(1);
    expect(window.tomogram.info.peek().undo).toBe("Brush");
  });

  test("shift places a box there, whatever the tool", () => {
    const { column, row } = placeOf(axis, AT);
    window.viewer.tools.tool.value = "erase";
    window.controller.press(point(axis, column + 0.5, row + 0.5, { shift: true }));
    expect(window.feature.boxes.peek()).toEqual([[5, 15, 20]]);
  });

  test("a click of the Move tool leads the other planes there; a drag does not", () => {
    window.viewer.tools.tool.value = "navigate";
    const click = window.controller.press(point(axis, 7.2, 9.9))!;
    click.move([]);
    click.end();
    const { column, row } = placeOf(axis, window.viewer.position.peek());
    expect([column, row]).toEqual([7, 9]);
    expect(window.viewer.position.peek()[axis]).toBe(AT[axis]);
    const drag = window.controller.press(point(axis, 1, 1))!;
    for (let i = 0; i < 5; i++) drag.move([]);
    drag.end();
    expect(placeOf(axis, window.viewer.position.peek())).toEqual({ column, row });
  });

  test("what lies under the pointer is told, and how far the brush reaches", async () => {
    window.slices.current(axis);
    await window.settle();
    const { column, row } = placeOf(axis, AT);
    window.controller.press(point(axis, column + 0.5, row + 0.5))!.end();
    window.controller.hover(point(axis, column + 0.5, row + 0.5), 33, 44);
    const hover = window.viewer.hover.peek()!;
    expect(hover.at).toEqual(AT);
    expect(hover.value).toBeCloseTo(5 + 2 * 15 + 3 * 20, 0);
    expect(window.brush).toMatchObject({ left: 33, top: 44, diameter: 2 * 10 * 2 });
    window.controller.hover(null, 0, 0);
    expect(window.viewer.hover.peek()).toBeNull();
    expect(window.brush).toBeNull();
  });

  test("the outline of the lasso is shown where the pointer was", () => {
    window.viewer.tools.tool.value = "lasso";
    const gesture = window.controller.press(point(axis, 3, 4))!;
    gesture.move([point(axis, 8, 4)]);
    expect(window.outlines.at(-1)).toMatchObject([
      axis,
      [
        { column: 3, row: 4 },
        { column: 8, row: 4 },
      ],
    ]);
    gesture.cancel();
    expect(window.outlines.at(-1)).toEqual([axis, null]);
  });
});

test("a slice that is turned while drawing ends the stroke there, and the brush goes on in the new one", () => {
  const gesture = window.controller.press(point("z", 10.5, 10.5))!;
  window.viewer.step("z", 1);
  gesture.move([point("z", 30.5, 10.5)]);
  gesture.end();
  expect([pixel(5, 10, 10), pixel(5, 10, 35), pixel(6, 10, 35)]).toEqual([1, 0, 1]);
  window.actions.undo();
  expect(pixel(6, 10, 35)).toBeUndefined();
  expect(pixel(5, 10, 10)).toBe(1);
});

test("what is drawn before the annotations have arrived is painted when they have", () => {
  window.tomogram.loaded.value = false;
  const gesture = window.controller.press(point("z", 10.5, 10.5))!;
  gesture.move([point("z", 20.5, 10.5)]);
  gesture.end();
  expect(window.tomogram.features.peek()).toEqual([]);
  window.tomogram.loaded.value = true;
  expect([pixel(5, 10, 10), pixel(5, 10, 15), pixel(5, 10, 20)]).toEqual([1, 1, 1]);
});

test("a region can only be drawn on the main view", () => {
  window.viewer.tools.tool.value = "region";
  expect(window.controller.press(point("y", 3, 3))).toBeNull();
  expect(window.controller.press(point("z", 3, 3))).not.toBeNull();
});

test("the wheel makes the brush larger and smaller within bounds", () => {
  window.controller.press(point("z", 10.5, 10.5))!.end();
  const radius = () => window.feature.settings.peek().brush_radius;
  window.controller.resizeBrush(5);
  expect(radius()).toBe(15);
  window.controller.resizeBrush(1e9);
  expect(radius()).toBe(25);
  window.controller.resizeBrush(-1e9);
  expect(radius()).toBe(1);
});
