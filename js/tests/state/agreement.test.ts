// Browser and kernel have the same masks: while the kernel is busy, when messages are lost, with two pages at work.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeKernel } from "../../dev/fake_kernel";
import { disc } from "../../src/labels/brush";
import { Stroke } from "../../src/labels/stroke";
import { DEFAULTS } from "../../src/state/feature";
import type { TomogramState } from "../../src/state/tomogram";
import { TomogramSet } from "../../src/state/tomogram_set";

const UID = "f".repeat(32);
const HEARTBEAT = 4100;

let kernel: FakeKernel;
const pages: TomogramSet[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  kernel = new FakeKernel([{ name: "v", shape: [9, 40, 50], voxel_size: 10, value: () => 0 }]);
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
  vi.useRealTimers();
});

async function settle(milliseconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

async function open(): Promise<[TomogramSet, TomogramState]> {
  const page = new TomogramSet(kernel.connect());
  pages.push(page);
  await page.open();
  await settle();
  return [page, page.all.peek()[0]];
}

function addFeature(page: TomogramSet, tomogram: TomogramState): void {
  const content = tomogram.newFeature(UID, { ...DEFAULTS, title: "Ribosome" });
  page.commit(tomogram, "Add feature", [{ edit: "feature", feature: UID, before: null, after: 0, content }]);
}

function paint(page: TomogramSet, tomogram: TomogramState, z: number, x: number, value: 0 | 1 = 1): void {
  const stroke = new Stroke(UID, tomogram.feature(UID)!.masks, tomogram.depth);
  stroke.paint("z", z, disc(x, 20, 6), value);
  const edits = stroke.finish().map((patch) => ({ edit: "patch", patch }) as const);
  page.commit(tomogram, "Brush", edits, true);
}

function masks(tomogram: TomogramState): Record<number, number[]> {
  const { masks: store } = tomogram.feature(UID)!;
  return Object.fromEntries(store.slices.map((z) => [z, [...store.get(z)!]]));
}

function inKernel(): Record<number, number[]> {
  return masks([...kernel.held.values()][0].state);
}

test("what is painted is in the kernel, and undo and redo follow", async () => {
  const [page, tomogram] = await open();
  addFeature(page, tomogram);
  for (let i = 0; i < 120; i++) paint(page, tomogram, i % 9, (i * 7) % 50, i % 5 === 4 ? 0 : 1);
  await settle();
  const painted = masks(tomogram);
  expect(inKernel()).toEqual(painted);
  for (let i = 0; i < 100; i++) page.travel(tomogram, "undo", () => {});
  await settle();
  expect(inKernel()).toEqual(masks(tomogram));
  for (let i = 0; i < 100; i++) page.travel(tomogram, "redo", () => {});
  await settle();
  expect(masks(tomogram)).toEqual(painted);
  expect(inKernel()).toEqual(painted);
});

test("painting and undo go on while the kernel is busy", async () => {
  const [page, tomogram] = await open();
  addFeature(page, tomogram);
  await settle();
  kernel.busy = true;
  paint(page, tomogram, 2, 10);
  paint(page, tomogram, 2, 30);
  page.travel(tomogram, "undo", () => {});
  await settle(60_000);
  expect(page.outbox.pending.peek()).toBe(3);
  expect(inKernel()).toEqual({});
  kernel.busy = false;
  kernel.work();
  await settle();
  expect(page.outbox.pending.peek()).toBe(0);
  expect(inKernel()).toEqual(masks(tomogram));
});

test("a lost message is sent again, and those after it wait for it", async () => {
  const [page, tomogram] = await open();
  addFeature(page, tomogram);
  await settle();
  kernel.loses = (kind) => kind === "edit";
  paint(page, tomogram, 1, 10);
  await settle();
  kernel.loses = () => false;
  paint(page, tomogram, 1, 30);
  paint(page, tomogram, 3, 20);
  await settle(100);
  expect(inKernel()).toEqual({});
  await settle(2 * HEARTBEAT);
  expect(page.outbox.pending.peek()).toBe(0);
  expect(inKernel()).toEqual(masks(tomogram));
});

test("a second page hears of the first, and a reloaded one can undo", async () => {
  const [first, one] = await open();
  const [, two] = await open();
  addFeature(first, one);
  paint(first, one, 4, 25);
  paint(first, one, 5, 25);
  await settle();
  expect(masks(two)).toEqual(masks(one));
  const [third, three] = await open();
  expect(masks(three)).toEqual(masks(one));
  third.travel(three, "undo", () => {});
  await settle();
  expect(Object.keys(masks(three))).toEqual(["4"]);
  expect(masks(one)).toEqual(masks(three));
  expect(inKernel()).toEqual(masks(three));
});

test("two pages that paint the same slice at once end up the same", async () => {
  const [first, one] = await open();
  const [second, two] = await open();
  addFeature(first, one);
  await settle();
  kernel.busy = true;
  paint(first, one, 4, 20);
  paint(second, two, 4, 24, 1);
  paint(second, two, 4, 20, 0);
  kernel.busy = false;
  kernel.work();
  await settle(2 * HEARTBEAT);
  expect(masks(one)).toEqual(inKernel());
  expect(masks(two)).toEqual(inKernel());
});

test("a page that missed an event notices", async () => {
  const [first, one] = await open();
  const [, two] = await open();
  addFeature(first, one);
  await settle();
  two.revision--; // as if the last event had never come
  await settle(2 * HEARTBEAT);
  expect(two.revision).toBe(one.revision);
});
