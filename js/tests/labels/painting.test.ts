import { describe, expect, test } from "vitest";
import type { Run } from "../../src/geometry/plane";
import { disc, LARGEST_RADIUS, sphereRadius, sweep } from "../../src/labels/brush";
import { type FloodRule, flood } from "../../src/labels/flood";
import { fillPolygon, holes } from "../../src/labels/polygon";
import { cases, drawRuns, pixelsOf } from "../cases";

type Point = [number, number];

function strokeRuns(points: Point[], radius: number, aspect = 1): Run[] {
  const runs = disc(points[0][1], points[0][0], radius, aspect);
  for (let i = 1; i < points.length; i++)
    runs.push(...sweep(points[i - 1][1], points[i - 1][0], points[i][1], points[i][0], radius, aspect));
  return runs;
}

describe("the same pixels as in Python", () => {
  test.each(
    cases<{ shape: Point; points: Point[]; radius: number; aspect: number; mask: string[] }>("brush"),
  )("brush $radius through $points", ({ shape, points, radius, aspect, mask }) => {
    expect(drawRuns(strokeRuns(points, radius, aspect), shape)).toEqual(mask);
  });

  interface FloodCase {
    y: number;
    x: number;
    radius: number;
    sensitivity: number;
    rule: FloodRule;
    spread: number;
    scale: number;
    offset: number;
    mask: string[];
  }
  const [{ image }, ...floods] = cases<FloodCase & { image: number[][] }>("flood");
  test.each(floods)("flood $rule at $y, $x sensitivity $sensitivity", (c) => {
    const picture = {
      height: image.length,
      width: image[0].length,
      values: image.flat().map((v) => v * c.scale + c.offset),
    };
    const runs = flood(picture, c.x, c.y, c.radius, c.sensitivity, c.rule, c.spread);
    expect(drawRuns(runs, [picture.height, picture.width])).toEqual(c.mask);
  });

  interface FillCase {
    tool: "lasso" | "stroke";
    shape: Point;
    points: Point[];
    radius: number;
    mask: string[];
  }
  test.each(cases<FillCase>("fill"))(
    "fill of a $tool through $points",
    ({ tool, shape, points, radius, mask }) => {
      const [height, width] = shape;
      if (tool === "lasso") {
        const outline = points.map(([y, x]) => ({ x, y }));
        expect(drawRuns(fillPolygon(outline, width, height), shape)).toEqual(mask);
      } else {
        const runs = strokeRuns(points, radius);
        const painted = pixelsOf(drawRuns(runs, shape));
        expect(drawRuns([...runs, ...holes(painted, width, height)], shape)).toEqual(mask);
      }
    },
  );

  interface SphereCase {
    shape: [number, number, number];
    centre: [number, number, number];
    radius: number;
    z_aspect: number;
    slices: Record<string, string[]>;
  }
  test.each(cases<SphereCase>("sphere"))("sphere $radius", ({ shape, centre, radius, z_aspect, slices }) => {
    for (let z = 0; z < shape[0]; z++) {
      const r = sphereRadius(radius, z - centre[0], z_aspect);
      const runs = r > 0 ? disc(centre[2], centre[1], r) : [];
      const empty = Array(shape[1]).fill(".".repeat(shape[2]));
      expect(drawRuns(runs, [shape[1], shape[2]])).toEqual(slices[z] ?? empty);
    }
  });
});

test("the areas of the disc are those of the desktop program", () => {
  const area = (r: number) => disc(50, 50, r).reduce((sum, run) => sum + run.x1 - run.x0, 0);
  expect([1, 2.5, 3, 10].map(area)).toEqual([1, 21, 25, 305]);
});

test("brushes of absurd sizes end, and are no larger than the largest", () => {
  for (const radius of [1e29, 1e7, Number.POSITIVE_INFINITY])
    expect(disc(0, 0, radius)).toEqual(disc(0, 0, LARGEST_RADIUS));
  for (const radius of [Number.NaN, 0, -3]) expect(disc(0, 0, radius)).toEqual([]);
  expect(disc(0, 0, 5, 1e-30).length).toBeLessThan(2 * LARGEST_RADIUS);
});

test("flooding from a value of zero accepts nothing by the relative rule", () => {
  expect(flood({ width: 5, height: 5, values: new Float32Array(25) }, 2, 2, 3, 50)).toEqual([]);
});
