import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ExportQueue } from "../../src/state/export_queue";
import { ModelSet } from "../../src/state/model_set";
import { TomogramSet } from "../../src/state/tomogram_set";
import { Viewer } from "../../src/state/viewer";
import { FakeLink, settled } from "../helpers/fake_link";
import { listing, model } from "../helpers/model_list";
import { tomogram } from "../helpers/samples";

let link: FakeLink;
let models: ModelSet;
let viewer: Viewer;

const info = (uid: string) => tomogram(uid, { shape: [50, 2, 2], region: [0, 2, 0, 2] });
const asked = () => link.of("predict");
const shown = () => viewer.predictions.shown.value;

async function answer(index: number, level = 200): Promise<void> {
  const one = asked()[index];
  const content = { ...one.content, width: 2, height: 2, layers: [{ model: "a", note: "" }] };
  await one.answer(content, new Uint8Array(4).fill(level));
}

beforeEach(() => {
  link = new FakeLink();
  const tomograms = new TomogramSet(link);
  models = new ModelSet(link, tomograms);
  viewer = new Viewer(tomograms, models, new ExportQueue(link));
  link.tell("tomograms", { tomograms: [info("d"), info("e")] });
  viewer.show(tomograms.get("d")!);
});
afterEach(() => {
  viewer.close();
  vi.useRealTimers();
});

test("nothing is asked while no model has weights", () => {
  link.tell("models", listing(model("a", { compiled: false })));
  expect(asked()).toEqual([]);
  link.tell("models", listing(model("a")));
  expect(asked().map(({ content }) => content)).toEqual([{ tomogram: "d", z: 25 }]);
});

test("the newest slice wins, and nothing stale is shown over it", async () => {
  link.tell("models", listing(model("a")));
  await answer(0);
  expect(shown()?.z).toBe(25);
  for (const z of [26, 27, 28]) {
    viewer.goTo("z", z);
    expect(shown()).toBeNull();
  }
  expect(asked().map((one) => one.withdrawn)).toEqual([false, true, true, false]);
  await answer(2); // came too late
  expect(shown()).toBeNull();
  await answer(3);
  expect(shown()?.z).toBe(28);
});

test("going back shows at once what was seen", async () => {
  link.tell("models", listing(model("a")));
  await answer(0);
  viewer.goTo("z", 26);
  await answer(1);
  viewer.goTo("z", 25);
  expect(shown()?.z).toBe(25);
  expect(asked().length).toBe(2);
});

test("while models learn the slice keeps its last prediction, and each request is let finish", async () => {
  link.tell("models", listing(model("a")));
  await answer(0, 10);
  link.tell("weights", { model: "a", version: 1 });
  link.tell("weights", { model: "a", version: 2 });
  link.tell("weights", { model: "a", version: 3 });
  expect(asked().length).toBe(2);
  expect(asked()[1].withdrawn).toBe(false);
  expect(shown()?.layers[0].pixels[0]).toBe(10);
  await answer(1, 20);
  expect(shown()?.layers[0].pixels[0]).toBe(20);
  expect(asked().length).toBe(3); // for the weights that came meanwhile
  await answer(2, 30);
  expect(shown()?.layers[0].pixels[0]).toBe(30);
  expect(asked().length).toBe(3);
});

test("threshold, colour and opacity ask for nothing", async () => {
  link.tell("models", listing(model("a")));
  await answer(0);
  models.set(models.get("a")!, "threshold", 0.9);
  models.set(models.get("a")!, "alpha", 0.2);
  models.set(models.get("a")!, "color", [0, 0, 1]);
  expect(asked().length).toBe(1);
});

test("another tomogram, and switching off and on", async () => {
  link.tell("models", listing(model("a")));
  await answer(0);
  viewer.show(viewer.tomograms.get("e")!);
  expect(shown()).toBeNull();
  expect(asked()[1].content.tomogram).toBe("e");
  viewer.predictions.toggle();
  expect(asked()[1].withdrawn).toBe(true);
  viewer.goTo("z", 3);
  expect(asked().length).toBe(2);
  viewer.predictions.toggle();
  expect(asked()[2].content).toEqual({ tomogram: "e", z: 3 });
});

test("what takes long is said, and what fails as well", async () => {
  vi.useFakeTimers();
  link.tell("models", listing(model("a")));
  expect(viewer.predictions.late.value).toBe(false);
  await vi.advanceTimersByTimeAsync(350);
  expect(viewer.predictions.late.value).toBe(true);
  vi.useRealTimers();
  await asked()[0].refuse("the tomogram cannot be found");
  expect(viewer.predictions.late.value).toBe(false);
  expect(viewer.predictions.error.value).toContain("cannot be found");
  viewer.goTo("z", 26);
  await answer(1);
  expect(viewer.predictions.error.value).toBeNull();
});

test("an exchanged file makes all of it anew", async () => {
  link.tell("models", listing(model("a")));
  await answer(0);
  viewer.predictions.forget("d");
  expect(shown()).toBeNull();
  expect(asked().length).toBe(2);
  await settled();
});
