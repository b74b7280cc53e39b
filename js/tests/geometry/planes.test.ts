// Rows and columns of planes, as shown and as painted, and where the camera puts them.
import { describe, expect, test } from "vitest";
import { AXES, countAlong, insideVolume, isInside, type Shape, voxelAspect } from "../../src/geometry/axis";
import {
  fitCamera,
  keptInSight,
  panned,
  planeCamera,
  toPlane,
  toScreen,
  zoomed,
} from "../../src/geometry/camera";
import {
  crossing,
  eachSpan,
  paintedSize,
  paintedVoxelAt,
  placeOf,
  planeSize,
  turned,
  voxelAt,
} from "../../src/geometry/plane";
import { cases } from "../cases";

interface PlaneCase {
  shape: [number, number, number];
  axis: "z" | "y" | "x";
  index: number;
  rows: number[][];
}

const SHAPE: Shape = [3, 4, 5];

test.each(cases<PlaneCase>("planes"))("plane $axis $index is Python's", ({ shape, axis, index, rows }) => {
  expect(planeSize(axis, shape)).toEqual({ width: rows[0].length, height: rows.length });
  rows.forEach((line, row) =>
    line.forEach((value, column) => {
      const { z, y, x } = voxelAt(axis, index, { column: column + 0.7, row: row + 0.2 });
      expect(100 * z + 10 * y + x).toBe(value);
      expect(placeOf(axis, { z, y, x })).toEqual({ column, row });
    }),
  );
});

describe.each(AXES)("across %s", (axis) => {
  test("as painted is the same voxel as as shown", () => {
    const size = planeSize(axis, SHAPE);
    for (let row = 0; row < size.height; row++)
      for (let column = 0; column < size.width; column++) {
        const painted = turned(axis, { column, row });
        expect(paintedVoxelAt(axis, 1, painted)).toEqual(voxelAt(axis, 1, { column, row }));
        expect(turned(axis, painted)).toEqual({ column, row });
      }
    const { width, height } = paintedSize(axis, SHAPE);
    expect(turned(axis, { column: width, row: height })).toEqual({
      column: size.width,
      row: size.height,
    });
  });

  test("a painted run covers the voxels of its pixels", () => {
    const found: number[][] = [];
    eachSpan(axis, 2, { row: 1, x0: 0, x1: 3 }, (z, y, x0, x1) => {
      for (let x = x0; x < x1; x++) found.push([z, y, x]);
    });
    const expected = [0, 1, 2].map((column) => paintedVoxelAt(axis, 2, { column, row: 1 }));
    expect(found).toEqual(expected.map(({ z, y, x }) => [z, y, x]));
  });

  test("screen and plane are each other's inverse", () => {
    const view = { width: 300, height: 200 };
    const main = fitCamera(planeSize("z", SHAPE), view);
    const camera = planeCamera(axis, main, view, SHAPE, 2, { z: 1, y: 1, x: 1 });
    const { column, row } = toPlane(camera, view, 40, 160);
    const back = toScreen(camera, view, column, row);
    expect(back.left).toBeCloseTo(40);
    expect(back.top).toBeCloseTo(160);
  });

  test("zooming keeps what lies under the pointer, in the directions shared with the main view", () => {
    const view = { width: 300, height: 200 };
    const shape: Shape = [400, 400, 500];
    const at = { z: 200, y: 1, x: 1 };
    const camera = { x: 100, y: 120, scale: 3 };
    const before = toPlane(planeCamera(axis, camera, view, shape, 1, at), view, 40, 160);
    const next = zoomed(axis, camera, view, 40, 160, 1.7);
    const after = toPlane(planeCamera(axis, next, view, shape, 1, at), view, 40, 160);
    expect(next.scale).toBeCloseTo(5.1);
    if (axis !== "x") expect(after.column).toBeCloseTo(before.column);
    if (axis !== "y") expect(after.row).toBeCloseTo(before.row);
    const moved = toPlane(planeCamera(axis, panned(axis, next, 17, -9), view, shape, 1, at), view, 57, 151);
    if (axis !== "x") expect(moved.column).toBeCloseTo(after.column);
    if (axis !== "y") expect(moved.row).toBeCloseTo(after.row);
  });
});

test("zoom has bounds", () => {
  const view = { width: 300, height: 200 };
  expect(zoomed("z", { x: 0, y: 0, scale: 1 }, view, 0, 0, 1e9).scale).toBe(64);
  expect(zoomed("z", { x: 0, y: 0, scale: 1 }, view, 0, 0, 1e-9).scale).toBe(0.02);
});

test("cross-sections are as high as their voxels, and stay still while the slice is in sight", () => {
  const view = { width: 300, height: 100 };
  const main = { x: 50, y: 50, scale: 2 };
  const at = (z: number) => ({ z, y: 0, x: 0 });
  const first = planeCamera("y", main, view, [400, 100, 100], 1.5, at(200));
  expect([first.scaleX, first.scaleY]).toEqual([2, 3]);
  const across = planeCamera("x", main, view, [400, 100, 100], 1.5, at(200));
  expect([across.scaleX, across.scaleY, across.y]).toEqual([3, 2, 50]);
  const near = planeCamera("y", main, view, [400, 100, 100], 1.5, at(205));
  expect(keptInSight("y", near, first, view, 400, 205.5).y).toBe(first.y);
  const far = planeCamera("y", main, view, [400, 100, 100], 1.5, at(240));
  expect(keptInSight("y", far, first, view, 400, 240.5).y).toBe(far.y);
});

test("a slice crosses a cross-section in a row or a column", () => {
  expect(crossing("y", 2, planeSize("y", SHAPE))).toEqual({ x0: 0, x1: 5, y0: 2, y1: 3 });
  expect(crossing("x", 2, planeSize("x", SHAPE))).toEqual({ x0: 2, x1: 3, y0: 0, y1: 4 });
});

test("voxels have an aspect where both sizes are known, and positions an inside", () => {
  expect(voxelAspect([20, 10, 10])).toBe(2);
  expect([voxelAspect([0, 10, 10]), voxelAspect([10, 10, 0])]).toEqual([1, 1]);
  expect(AXES.map((axis) => countAlong(axis, SHAPE))).toEqual([3, 4, 5]);
  expect(insideVolume({ z: -2, y: 9, x: 3 }, SHAPE)).toEqual({ z: 0, y: 3, x: 3 });
  expect(isInside({ z: 2, y: 3, x: 4 }, SHAPE)).toBe(true);
  expect(isInside({ z: 2, y: 4, x: 4 }, SHAPE)).toBe(false);
});
