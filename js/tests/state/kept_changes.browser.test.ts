// What is painted while no kernel answers is kept by the browser, and comes back once.
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeKernel } from "../../dev/fake_kernel";
import { disc } from "../../src/labels/brush";
import { Stroke } from "../../src/labels/stroke";
import { DEFAULTS } from "../../src/state/feature";
import { KeptChanges } from "../../src/state/kept_changes";
import type { TomogramState } from "../../src/state/tomogram";
import { TomogramSet } from "../../src/state/tomogram_set";

const UID = "f".repeat(32);
const OTHER = "e".repeat(32);
const volume = { name: "v", shape: [9, 40, 50] as [number, number, number], voxel_size: 10, value: () => 0 };
const another = { ...volume, name: "w" };

let name: string;
let count = 0;
const pages: TomogramSet[] = [];
beforeEach(() => {
  name = `kept-${Date.now()}-${++count}`;
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
  indexedDB.deleteDatabase(name);
});

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function open(kernel: FakeKernel): Promise<[TomogramSet, TomogramState]> {
  const page = new TomogramSet(kernel.connect(), KeptChanges.open(name));
  pages.push(page);
  await page.open();
  await pause(20);
  await page.revival.look();
  return [page, page.all.peek().find((tomogram) => tomogram.info.peek().name === "v")!];
}

function addFeature(page: TomogramSet, tomogram: TomogramState, uid = UID, title = "Ribosome"): void {
  const content = tomogram.newFeature(uid, { ...DEFAULTS, title });
  page.commit(tomogram, "Add feature", [{ edit: "feature", feature: uid, before: null, after: 0, content }]);
}

function paint(page: TomogramSet, tomogram: TomogramState, z: number, x: number): void {
  const stroke = new Stroke(UID, tomogram.feature(UID)!.masks, tomogram.depth);
  stroke.paint("z", z, disc(x, 20, 6), 1);
  const edits = stroke.finish().map((patch) => ({ edit: "patch", patch }) as const);
  page.commit(tomogram, "Brush", edits, true);
}

/** A page with a feature, at a kernel that answers no more. */
async function stuck(kernel: FakeKernel): Promise<[TomogramSet, TomogramState]> {
  const [page, tomogram] = await open(kernel);
  addFeature(page, tomogram);
  await pause(20);
  kernel.busy = true;
  return [page, tomogram];
}

function masks(tomogram: TomogramState, uid = UID): Record<number, number[]> {
  const { masks: store } = tomogram.feature(uid)!;
  return Object.fromEntries(store.slices.map((z) => [z, [...store.get(z)!]]));
}

async function onDisk(page: TomogramSet): Promise<number> {
  await pause(300);
  await page.keeper.settled();
  return (await KeptChanges.open(name)!.all()).length;
}

test("what the kernel confirms soon is never written", async () => {
  const [page, tomogram] = await open(new FakeKernel([volume]));
  addFeature(page, tomogram);
  paint(page, tomogram, 2, 10);
  expect(await onDisk(page)).toBe(0);
});

test("what waits is on the disk until it is confirmed", async () => {
  const kernel = new FakeKernel([volume]);
  const [page, tomogram] = await stuck(kernel);
  paint(page, tomogram, 2, 10);
  paint(page, tomogram, 2, 30);
  expect(await onDisk(page)).toBe(2);
  kernel.busy = false;
  kernel.work();
  await pause(20);
  expect(await onDisk(page)).toBe(0);
});

test("what a kernel that died never received comes back once in the recovered annotations, undo included", async () => {
  const kernel = new FakeKernel([volume]);
  const [page, tomogram] = await open(kernel);
  addFeature(page, tomogram);
  paint(page, tomogram, 1, 10);
  await pause(20);
  kernel.busy = true;
  paint(page, tomogram, 2, 10);
  paint(page, tomogram, 2, 30);
  page.travel(tomogram, "undo", () => {});
  paint(page, tomogram, 3, 20);
  const painted = masks(tomogram);
  expect(await onDisk(page)).toBe(4);

  const next = kernel.restarted();
  const [later, again] = await open(next);
  expect(masks(again)).toEqual(painted);
  expect(later.revival.news.peek()).toBe("4 changes that had not reached the kernel were brought back.");
  expect(await onDisk(later)).toBe(0);
  later.travel(again, "undo", () => {});
  await pause(20);
  expect(Object.keys(masks(again))).toEqual(["1", "2"]);
  expect(masks([...next.held.values()][0].state)).toEqual(masks(again));
});

test("what the kernel made although the answer was lost is not made again", async () => {
  const kernel = new FakeKernel([volume]);
  const [page, tomogram] = await stuck(kernel);
  paint(page, tomogram, 2, 10);
  expect(await onDisk(page)).toBe(1);
  const [waiting] = await KeptChanges.open(name)!.all();
  [...kernel.held.values()][0].made.set(waiting.client, waiting.seq);
  const [later, again] = await open(kernel.restarted());
  expect(masks(again)).toEqual({});
  expect(later.revival.news.peek()).toBeNull();
  expect(await onDisk(later)).toBe(0);
});

test("where the tomogram was merely opened again the changes are offered, and find their feature by its title", async () => {
  const kernel = new FakeKernel([volume]);
  const [page, tomogram] = await stuck(kernel);
  paint(page, tomogram, 2, 10);
  addFeature(page, tomogram, "d".repeat(32), "Membrane");
  expect(await onDisk(page)).toBe(2);

  const next = new FakeKernel([another, volume], 7);
  const [first, before] = await open(next);
  addFeature(first, before, OTHER);
  await pause(20);
  const [later, again] = await open(next);
  expect(masks(again, OTHER)).toEqual({});
  const [offer] = later.revival.offers.peek();
  expect(offer.changes.length).toBe(2);
  await later.revival.accept(offer);
  expect(masks(again, OTHER)).toEqual(masks(tomogram));
  expect(again.features.peek().map((feature) => feature.settings.peek().title)).toContain("Membrane");
  expect(later.revival.offers.peek()).toEqual([]);
  expect(await onDisk(later)).toBe(0);
});

test("changes to a feature that is not there any more are counted, and a discarded offer is gone", async () => {
  const kernel = new FakeKernel([volume]);
  const [page, tomogram] = await stuck(kernel);
  paint(page, tomogram, 2, 10);
  paint(page, tomogram, 4, 10);
  expect(await onDisk(page)).toBe(2);
  const next = new FakeKernel([another, volume], 7);
  const [later] = await open(next);
  const [offer] = later.revival.offers.peek();
  await later.revival.accept({ ...offer, changes: offer.changes.slice(0, 1) });
  expect(later.revival.news.peek()).toBe(
    "0 changes that had not reached the kernel were brought back. 1 other no longer fitted.",
  );
  const [left] = later.revival.offers.peek();
  await later.revival.discard(left.changes);
  expect(later.revival.offers.peek()).toEqual([]);
  expect(await onDisk(later)).toBe(0);
});

test("changes that belong to unsaved work wait for its recovery, and go when it is discarded", async () => {
  const kernel = new FakeKernel([volume]);
  const [page, tomogram] = await stuck(kernel);
  paint(page, tomogram, 2, 10);
  expect(await onDisk(page)).toBe(1);
  const [later] = await open(new FakeKernel([another, volume], 7));
  later.recoverable.value = [
    {
      id: "/r/a.journal",
      tomogram: tomogram.uid,
      name: "v",
      time: 1,
      steps: 3,
      annotations: null,
      damage: "",
    },
  ];
  await later.revival.look();
  expect(later.revival.withRecovery.peek()).toEqual({ [tomogram.uid]: 1 });
  expect(later.revival.offers.peek()).toEqual([]);
  await later.revival.discardOf(tomogram.uid);
  expect(await onDisk(later)).toBe(0);
});

test("a month later nothing is kept", async () => {
  const store = KeptChanges.open(name)!;
  const change = { kind: "undo", content: { tomogram: UID, expect: null } } as const;
  const of = { uid: UID, name: "v", path: "", shape: [1, 2, 3] };
  const old = {
    client: "a",
    seq: 1,
    change,
    buffers: [],
    tomogram: of,
    titles: {},
    time: Date.now() - 31 * 86400_000,
  };
  await store.keep([old, { ...old, seq: 2, time: Date.now() }]);
  expect((await store.all()).map(({ seq }) => seq)).toEqual([2]);
});
