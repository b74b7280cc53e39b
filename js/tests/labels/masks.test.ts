import { expect, test } from "vitest";
import { disc, sweep } from "../../src/labels/brush";
import { LabelPlane } from "../../src/labels/label_plane";
import { MaskStore } from "../../src/labels/mask_store";
import { packMask, plainBits, unpackMask } from "../../src/labels/packing";
import {
  inversePatch,
  type MaskPatch,
  patchFromBytes,
  patchToBytes,
  patchValues,
} from "../../src/labels/patch";
import { boundingBox, paste } from "../../src/labels/region";
import { Stroke } from "../../src/labels/stroke";
import { cases, pixelsOf } from "../cases";

const UID = "0123456789abcdef0123456789abcdef";

function apply(store: MaskStore, patch: MaskPatch): void {
  const values = patchValues(patch);
  if (values) paste(store.editable(patch.z), store.width, patch.rect, values);
  else store.set(patch.z, null);
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test.each(cases<{ mask: string[]; bytes: number[] }>("packing"))(
  "packing is Python's $bytes",
  ({ mask, bytes }) => {
    const pixels = pixelsOf(mask);
    expect([...packMask(pixels, false)]).toEqual(bytes);
    expect(unpackMask(Uint8Array.from(bytes), pixels.length)).toEqual(pixels);
  },
);

test("compressed masks come back, and their bits can be read alone", () => {
  const pixels = new Uint8Array(300 * 200).fill(1, 5000, 9000);
  const packed = packMask(pixels);
  expect(packed.length).toBeLessThan(200);
  expect(unpackMask(packed, pixels.length)).toEqual(pixels);
  expect(plainBits(packed)).toEqual(packMask(pixels, false));
});

test("undo after a stroke is the identity, whatever was painted", () => {
  const next = random(5);
  const store = new MaskStore(60, 40);
  store.set(
    2,
    Uint8Array.from({ length: 2400 }, () => (next() > 0.7 ? 1 : 0)),
  );
  for (let trial = 0; trial < 60; trial++) {
    const z = Math.floor(next() * 4);
    const before = store.get(z)?.slice();
    const stroke = new Stroke(UID, store, 4);
    let [x, y] = [Math.floor(next() * 70) - 5, Math.floor(next() * 50) - 5];
    for (let i = 0; i < 4; i++) {
      const [nx, ny] = [Math.floor(next() * 70) - 5, Math.floor(next() * 50) - 5];
      stroke.paint("z", z, sweep(x, y, nx, ny, 1 + next() * 8), next() > 0.4 ? 1 : 0);
      [x, y] = [nx, ny];
    }
    const after = store.get(z)?.slice();
    const patches = stroke.finish();
    for (const patch of patches) apply(store, inversePatch(patch));
    expect(store.get(z)).toEqual(before);
    for (const patch of patches) apply(store, patchFromBytes(patchToBytes(UID, patch)));
    expect(store.get(z)).toEqual(after);
  }
});

test("a patch is the bounding box of what changed", () => {
  const store = new MaskStore(60, 40);
  store.set(0, new Uint8Array(2400).fill(1, 0, 60 * 20));
  const stroke = new Stroke(UID, store, 1);
  stroke.paint("z", 0, disc(30, 20, 5), 1);
  expect(stroke.finish()[0].rect).toEqual({ x0: 26, x1: 35, y0: 20, y1: 25 });
});

test("a stroke across a plane touches each slice once and can be cancelled", () => {
  const store = new MaskStore(30, 20);
  const stroke = new Stroke(UID, store, 10);
  stroke.paint("y", 7, disc(15, 5, 3), 1);
  expect(store.get(5)![7 * 30 + 15]).toBe(1);
  expect(stroke.finish().map((patch) => patch.z)).toEqual([3, 4, 5, 6, 7]);
  stroke.cancel();
  expect(store.slices).toEqual([]);
});

test("limited painting leaves other pixels alone", () => {
  const store = new MaskStore(20, 20);
  const stroke = new Stroke(UID, store, 1);
  stroke.paint("z", 0, disc(10, 10, 6), 1, (x) => x < 10);
  expect(boundingBox(store.get(0)!, 20, 20).x1).toBe(10);
});

test("masks beyond the open ones are packed and come back the same", () => {
  const store = new MaskStore(64, 64);
  for (let z = 0; z < 100; z++) store.set(z, new Uint8Array(4096).fill(1, z, 2 * z + 1));
  const row = new Uint8Array(64);
  store.readRow(3, 0, row);
  expect([...row.slice(0, 8)]).toEqual([0, 0, 0, 1, 1, 1, 1, 0]);
  for (let z = 0; z < 100; z++) expect(store.get(z)).toEqual(new Uint8Array(4096).fill(1, z, 2 * z + 1));
});

test("planes follow the masks in all three directions", () => {
  const store = new MaskStore(30, 20);
  const other = new MaskStore(30, 20);
  const planes = [new LabelPlane("z", 30, 20), new LabelPlane("y", 30, 10), new LabelPlane("x", 10, 20)];
  const index = { z: 5, y: 7, x: 15 };
  store.onChange((z, rect) => planes.forEach((plane) => plane.update(store, 1, index[plane.axis], z, rect)));
  const stroke = new Stroke(UID, store, 10);
  stroke.paint("z", 5, disc(15, 7, 4), 1);
  stroke.paint("y", 7, disc(15, 5, 3), 1);
  stroke.paint("z", 5, disc(15, 7, 2), 0);
  for (const plane of planes) {
    const fresh = new LabelPlane(plane.axis, plane.width, plane.height);
    fresh.rebuild([other, store], index[plane.axis]);
    expect(plane.pixels).toEqual(fresh.pixels);
    expect(fresh.pixels.some((value) => value === 2)).toBe(true);
  }
});
