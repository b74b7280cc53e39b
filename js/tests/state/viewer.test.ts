// What a view shows of a tomogram when it turns to it, and values that no view can show.
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeKernel } from "../../dev/fake_kernel";
import { checkedDisplay, checkedSettings } from "../../src/state/checked";
import { DEFAULTS, FeatureState } from "../../src/state/feature";
import { type Display, TomogramState } from "../../src/state/tomogram";
import { Viewer } from "../../src/state/viewer";
import { Workbench } from "../../src/state/workbench";

let bench: Workbench;
let viewer: Viewer;
beforeEach(async () => {
  const kernel = new FakeKernel([{ name: "a", shape: [9, 20, 30], voxel_size: 10, value: () => 0 }]);
  bench = new Workbench(kernel.connect());
  viewer = new Viewer(bench.tomograms, bench.models, bench.exports);
  await bench.tomograms.open();
});
afterEach(() => {
  viewer.close();
  bench.close();
});

function other(display: Display): TomogramState {
  const [{ info }] = bench.tomograms.all.peek();
  return new TomogramState({ ...info.peek(), uid: "b".repeat(32), name: "b", display });
}

test("annotations that take the place of their tomogram are shown as they were saved", () => {
  viewer.show(bench.tomograms.all.peek()[0]);
  viewer.contrast.value = [0, 1];
  const saved = other({ autocontrast: true, contrast: [10, 20], slice: 3, invert: true });
  bench.tomograms.all.value = [saved]; // the other was closed
  viewer.show(saved);
  expect(viewer.autocontrast.peek()).toBe(true);
  expect(viewer.inverted.peek()).toBe(true);
  expect(viewer.contrast.peek()).toEqual([10, 20]);
  expect(viewer.position.peek().z).toBe(3);
});

test("a tomogram that is shown again is as it was left", () => {
  const [first] = bench.tomograms.all.peek();
  const second = other({});
  bench.tomograms.all.value = [first, second];
  viewer.show(first);
  viewer.goTo("z", 7);
  viewer.show(second);
  viewer.show(first);
  expect(viewer.position.peek().z).toBe(7);
});

test.each([
  ["contrast", [Number.NaN, 1]],
  ["contrast", [0, Number.POSITIVE_INFINITY]],
  ["contrast", [-1e300, 1e300]],
  ["camera", [1, 2, 0]],
  ["camera", [Number.NaN, 2, 1]],
  ["cursor", [Number.NaN, 1]],
  ["slice", Number.NaN],
  ["contrast", "bright"],
])("%s %j is shown as if nothing were remembered", (name, value) => {
  expect(checkedDisplay({ [name]: value } as Display)).toEqual({});
});

test("a slice, cursor and camera far away are brought back", () => {
  const far = other({ slice: 1e9, cursor: [-5, 1e12], camera: [3, 4, 1e29] });
  bench.tomograms.all.value = [far];
  viewer.show(far);
  expect(viewer.position.peek()).toEqual({ z: 8, y: 0, x: 29 });
  expect(viewer.camera.peek()?.scale).toBe(64);
});

test("settings of absurd size are brought within bounds, from a snapshot and by an edit", () => {
  const absurd = { ...DEFAULTS, brush_radius: 1e29, box_size: 1e7, alpha: -3, flood_sensitivity: Number.NaN };
  const bounded = { brush_radius: 2048, box_size: 8192, alpha: 0, flood_sensitivity: 50 };
  expect(checkedSettings(absurd)).toMatchObject(bounded);
  const fields = { uid: "c".repeat(32), settings: absurd, extra: {}, boxes: [], masks: [] };
  expect(FeatureState.decode(fields, [], 30, 20).settings.peek()).toMatchObject(bounded);
  const [tomogram] = bench.tomograms.all.peek();
  const feature = tomogram.newFeature("c".repeat(32), DEFAULTS);
  tomogram.features.value = [feature];
  for (const [after, kept] of [
    [1e29, 2048],
    [Number.NaN, 10],
    ["12", 10],
    [Number.NEGATIVE_INFINITY, 0.5],
  ]) {
    tomogram.apply({ edit: "setting", feature: feature.uid, name: "brush_radius", before: 10, after });
    expect(feature.settings.peek().brush_radius).toBe(kept);
  }
});
