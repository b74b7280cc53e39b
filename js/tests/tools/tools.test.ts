// Each tool in each plane where it works: which voxels it paints, which boxes it places, and that one undo takes it back.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AXES } from "../../src/geometry/axis";
import { paintedVoxelAt } from "../../src/geometry/plane";
import { startBox } from "../../src/tools/box_tool";
import { startBrush } from "../../src/tools/brush_tool";
import { startLasso } from "../../src/tools/lasso_tool";
import { regionBetween, startRegion } from "../../src/tools/region_tool";
import { discAt, Hand, SHAPE, type Start, voxels } from "./hand";

const paint: Start = (context, at) => startBrush(context, "paint", at);
const erase: Start = (context, at) => startBrush(context, "erase", at);
const flood: Start = (context, at) => startBrush(context, "flood", at);

let hand: Hand;
beforeEach(async () => {
  hand = await Hand.open();
});
afterEach(() => hand.close());

describe.each(AXES)("across %s", (axis) => {
  const at: [number, number] = [14, 12];

  test("a click of the brush paints its disc, and one undo takes it back", () => {
    hand.drag(paint, axis, 20, [[14.6, 12.9]]);
    expect(hand.painted).toEqual(voxels(axis, 20, discAt(14, 12, 3)));
    expect(hand.steps).toEqual(["Brush"]);
    hand.undo();
    expect(hand.painted).toEqual([]);
  });

  test("a stroke paints along its way, the eraser and the right button take away", () => {
    hand.drag(paint, axis, 20, [at, [20, 12]]);
    const along = [14, 15, 16, 17, 18, 19, 20].flatMap((column) => discAt(column, 12, 3));
    expect(hand.painted).toEqual(voxels(axis, 20, along));
    hand.drag(erase, axis, 20, [at, [20, 12]]);
    expect(hand.painted).toEqual([]);
    hand.drag(paint, axis, 20, [at]);
    hand.drag(paint, axis, 20, [at], { secondary: true });
    expect(hand.painted).toEqual([]);
    expect(hand.steps).toEqual(["Brush", "Erase", "Brush", "Erase"]);
  });

  test("a stroke that is given up leaves nothing", () => {
    const gesture = hand.press(paint, axis, 20, at)!;
    expect(hand.painted.length).toBeGreaterThan(10);
    gesture.cancel();
    expect(hand.painted).toEqual([]);
    expect(hand.steps).toEqual([]);
  });

  test("strokes over the edge paint what is inside", () => {
    hand.drag(paint, axis, 20, [
      [-4, -4],
      [1, 1],
      [200, 1],
    ]);
    expect(hand.painted.length).toBeGreaterThan(30);
    for (const voxel of hand.painted)
      voxel.split(" ").forEach((value, i) => expect(Number(value)).toBeLessThan(SHAPE[i]));
  });

  test("a sphere is round in all three directions", () => {
    hand.tools.spherical.value = true;
    hand.drag(paint, axis, 20, [at]);
    const { z, y, x } = paintedVoxelAt(axis, 20, { column: at[0], row: at[1] });
    const ball: string[] = [];
    for (let dz = -3; dz <= 3; dz++)
      for (let dy = -3; dy <= 3; dy++)
        for (let dx = -3; dx <= 3; dx++)
          if (dz * dz + dy * dy + dx * dx < 9) ball.push(`${z + dz} ${y + dy} ${x + dx}`);
    expect(hand.painted).toEqual(ball.sort());
    hand.undo();
    expect(hand.painted).toEqual([]);
  });

  test("the lasso fills its outline; the right button clears it", () => {
    const corners: [number, number][] = [
      [10, 8],
      [16, 8],
      [16, 14],
      [10, 14],
    ];
    const gesture = hand.press(startLasso, axis, 20, corners[0])!;
    gesture.move(
      corners
        .slice(1)
        .map(([column, row]) => ({ column, row, pressure: 1, secondary: false, shift: false, ctrl: false })),
    );
    expect(hand.outline).toHaveLength(4);
    gesture.end();
    expect(hand.outline).toBeNull();
    const inside: [number, number][] = [];
    for (let row = 8; row < 14; row++)
      for (let column = 10; column < 16; column++) inside.push([column, row]);
    expect(hand.painted).toEqual(voxels(axis, 20, inside));
    hand.drag(startLasso, axis, 20, corners, { secondary: true });
    expect(hand.painted).toEqual([]);
    expect(hand.steps).toEqual(["Lasso", "Erase lasso"]);
  });

  test("boxes are placed, moved and removed where they are seen", () => {
    const box = ([column, row]: [number, number]) => {
      const { z, y, x } = paintedVoxelAt(axis, 20, { column, row });
      return [z, y, x];
    };
    hand.drag(startBox, axis, 20, [at]);
    expect(hand.boxes).toEqual([box(at)]);
    hand.drag(startBox, axis, 20, [at, [18, 12]]);
    expect(hand.boxes).toEqual([box([18, 12])]);
    hand.drag(startBox, axis, 20, [[18, 12]], { secondary: true });
    expect(hand.boxes).toEqual([]);
    expect(hand.steps).toEqual(["Add box", "Move box", "Remove box"]);
  });

  test("a box that is dragged out of the volume stays at its edge; one outside is not placed", () => {
    hand.drag(startBox, axis, 20, [at]);
    hand.drag(startBox, axis, 20, [at, [-40, 900]]);
    const [[z, y, x]] = hand.boxes;
    expect([z, y, x].every((value, i) => value >= 0 && value < SHAPE[i])).toBe(true);
    hand.drag(startBox, axis, 20, [[-3, 5]]);
    expect(hand.boxes).toHaveLength(1);
  });
});

test("in cross-sections of flat voxels discs stay round in space", async () => {
  hand.close();
  hand = await Hand.open([20, 10, 10]);
  hand.drag(paint, "y", 20, [[14, 12]]);
  expect(hand.painted).toEqual(voxels("y", 20, discAt(14, 12, 3, 2)));
  hand.undo();
  hand.drag(paint, "x", 20, [[14, 12]]);
  expect(hand.painted).toEqual(voxels("x", 20, discAt(14, 12, 3, 2)));
});

test("pressure of a pen makes the brush smaller, unless that is switched off", () => {
  hand.feature.settings.value = { ...hand.feature.settings.peek(), brush_radius: 8 };
  hand.drag(paint, "z", 3, [[20, 20]], { pressure: 0.5 });
  expect(hand.painted).toEqual(voxels("z", 3, discAt(20, 20, 8 * (0.25 + 0.75 * 0.5))));
  hand.tools.pressure.value = false;
  hand.drag(paint, "z", 3, [[20, 20]], { pressure: 0.5 });
  expect(hand.painted).toEqual(voxels("z", 3, discAt(20, 20, 8)));
});

test("a closed stroke is filled where that is chosen", () => {
  hand.tools.fillClosed.value = true;
  hand.drag(paint, "z", 3, [
    [10, 10],
    [25, 10],
    [25, 25],
    [10, 25],
    [10, 10],
  ]);
  expect(hand.painted).toContain("3 18 18");
  hand.undo();
  expect(hand.painted).toEqual([]);
});

test("painting shows a feature that was hidden", () => {
  hand.feature.settings.value = { ...hand.feature.settings.peek(), visible: false };
  hand.drag(erase, "z", 3, [[20, 20]]);
  expect(hand.feature.settings.peek().visible).toBe(false);
  hand.drag(paint, "z", 3, [[20, 20]]);
  expect(hand.feature.settings.peek().visible).toBe(true);
});

describe("flood", () => {
  beforeEach(() => {
    const values = Float32Array.from({ length: SHAPE[1] * SHAPE[2] }, (_, i) =>
      i % SHAPE[2] < 20 ? 10 : 200,
    );
    hand.picture = { picture: { width: SHAPE[2], height: SHAPE[1], values }, spread: 50 };
    hand.feature.settings.value = { ...hand.feature.settings.peek(), brush_radius: 6, flood_sensitivity: 90 };
  });

  test("paints what is like the place under the pointer", () => {
    hand.drag(flood, "z", 3, [[18, 20]]);
    expect(hand.painted).toEqual(
      voxels(
        "z",
        3,
        discAt(18, 20, 6).filter(([column]) => column < 20),
      ),
    );
    expect(hand.steps).toEqual(["Flood"]);
  });

  test("in cross-sections, whose grey values tools do not have, it is a brush", () => {
    hand.drag(flood, "y", 20, [[18, 12]]);
    expect(hand.painted).toEqual(voxels("y", 20, discAt(18, 12, 6)));
  });

  test("before the slice has arrived nothing is painted", () => {
    hand.picture = null;
    hand.drag(flood, "z", 3, [[18, 20]]);
    expect(hand.painted).toEqual([]);
  });
});

test("brush and lasso keep to the range and to the prediction", () => {
  hand.allowed = (x) => x < 20;
  hand.drag(paint, "z", 3, [[20, 20]]);
  expect(hand.painted).toEqual(
    voxels(
      "z",
      3,
      discAt(20, 20, 3).filter(([column]) => column < 20),
    ),
  );
  hand.undo();
  hand.tools.fromPrediction.value = true;
  hand.predicted = (_x, y) => y === 12;
  const corners: [number, number][] = [
    [10, 10],
    [30, 10],
    [30, 15],
    [10, 15],
  ];
  hand.drag(startLasso, "z", 3, corners);
  expect(hand.painted).toEqual(
    voxels(
      "z",
      3,
      Array.from({ length: 10 }, (_, i) => [10 + i, 12]),
    ),
  );
});

describe("region", () => {
  test("is the rectangle that was dragged, in whole pixels inside the slice", () => {
    const set = vi.fn();
    const outline = vi.fn();
    const gesture = startRegion({ width: 50, height: 40, outline, set }, { column: 30.4, row: -3 });
    gesture.move([{ column: 10.2, row: 22.5 }]);
    expect(outline.mock.lastCall![0]).toContainEqual({ column: 10, row: 0 });
    gesture.end();
    expect(set).toHaveBeenCalledWith([0, 23, 10, 31]);
    expect(outline).toHaveBeenLastCalledWith(null);
  });

  test("is the whole slice after a click, and as it was after giving up", () => {
    const set = vi.fn();
    const context = { width: 50, height: 40, outline: vi.fn(), set };
    startRegion(context, { column: 3, row: 3 }).end();
    expect(set).toHaveBeenCalledWith(null);
    const gesture = startRegion(context, { column: 3, row: 3 });
    gesture.move([{ column: 30, row: 30 }]);
    gesture.cancel();
    expect(set).toHaveBeenCalledTimes(1);
    expect(regionBetween({ column: -9, row: -9 }, { column: 99, row: 99 }, 50, 40)).toEqual([0, 40, 0, 50]);
  });
});
