// The circles of picks: which particles a plane cuts, and how large the cuts are.
import { expect, test } from "vitest";
import { circlesOn } from "../../src/views/pick_circles";

const places = new Float32Array([10, 20, 30, 14, 20, 90, 40, 50, 60]);

test("a circle shrinks with the distance from the middle of the particle", () => {
  const found = circlesOn("z", 10, { places, radius: 5 });
  expect(found).toEqual([
    { at: { z: 10, y: 20, x: 30 }, radius: 5 },
    { at: { z: 14, y: 20, x: 90 }, radius: 3 },
  ]);
  expect(circlesOn("z", 15, { places, radius: 5 }).map(({ at }) => at.x)).toEqual([90]);
  expect(circlesOn("z", 22, { places, radius: 5 })).toEqual([]);
});

test("the cross-sections cut along their own axis", () => {
  expect(circlesOn("y", 20, { places, radius: 5 }).map(({ radius }) => radius)).toEqual([5, 5]);
  expect(circlesOn("x", 60, { places, radius: 5 }).map(({ at }) => at.z)).toEqual([40]);
});

test("ten thousand picks are looked through in a few milliseconds", () => {
  const many = new Float32Array(30_000).map((_, i) => (i * 37) % 500);
  const begin = performance.now();
  for (let z = 0; z < 20; z++) circlesOn("z", z, { places: many, radius: 10 });
  expect((performance.now() - begin) / 20).toBeLessThan(20);
});
