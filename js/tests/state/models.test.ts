import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ModelSet } from "../../src/state/model_set";
import { TomogramSet } from "../../src/state/tomogram_set";
import { FakeLink, settled } from "../helpers/fake_link";
import { listing, model } from "../helpers/model_list";

let link: FakeLink;
let models: ModelSet;

beforeEach(() => {
  link = new FakeLink();
  models = new ModelSet(link, new TomogramSet(link));
  link.tell("models", listing(model("a"), model("b")));
});
afterEach(() => {
  vi.useRealTimers();
});

test("a slider that is dragged is not fought by what the kernel heard before", async () => {
  vi.useFakeTimers();
  const a = models.get("a")!;
  for (const value of [0.6, 0.7, 0.8]) models.set(a, "threshold", value);
  link.tell("models", listing(model("a", { threshold: 0.5, loss: 0.05 }), model("b")));
  expect(a.values.value.threshold).toBe(0.8);
  expect(a.values.value.loss).toBe(0.05);
  await vi.advanceTimersByTimeAsync(200);
  expect(link.of("model_set").map(({ content }) => content.value)).toEqual([0.8]); // collected
  models.set(a, "threshold", 0.9);
  vi.useRealTimers();
  await link.of("model_set")[0].answer({});
  link.tell("models", listing(model("a", { threshold: 0.8 }), model("b")));
  expect(a.values.value.threshold).toBe(0.9);
  models.flush();
  await link.of("model_set")[1].answer({});
  link.tell("models", listing(model("a", { threshold: 0.2 }), model("b"))); // set by a script
  expect(a.values.value.threshold).toBe(0.2);
});

test("a refused setting is taken back by the next list", async () => {
  const a = models.get("a")!;
  models.set(a, "voxel_size", -5);
  await link.of("model_set")[0].refuse("no");
  link.tell("models", listing(model("a"), model("b")));
  expect(a.values.value.voxel_size).toBe(10);
});

test("models keep their identity, and go when they are closed", () => {
  const b = models.get("b");
  link.tell("models", listing(model("b", { title: "B" })));
  expect(models.models.value).toEqual([b]);
  expect(b!.values.value.title).toBe("B");
  expect(models.selected.value).toBe(b);
});

test("what only changes the looks changes no outcome; what the kernel must compute does, and is told first", () => {
  const outcome = () => models.outcome.value;
  const a = models.get("a")!;
  let before = outcome();
  models.set(a, "threshold", 0.9);
  models.set(a, "alpha", 0.1);
  models.set(a, "color", [0, 1, 0]);
  models.set(a, "blend", true);
  expect(outcome()).toBe(before);
  let told = link.of("model_set").length;
  for (const [name, value] of [
    ["tta", 4],
    ["emit", true],
    ["active", false],
  ] as const) {
    models.outcome.subscribe((now) => {
      if (now !== before) expect(link.of("model_set").length).toBe(told + 1);
    })();
    models.set(a, name, value as never);
    expect(outcome()).not.toBe(before);
    expect(link.of("model_set").length).toBe(told + 1);
    before = outcome();
    told++;
  }
  link.tell("weights", { model: "b", version: 3 });
  expect(outcome()).not.toBe(before);
});

test("interactions that are dragged are told once, and echoes wait", async () => {
  const avoid = { parent: "a", partner: "b", kind: "avoid", radius: 100, threshold: 0.5 } as const;
  const before = models.outcome.value;
  models.setInteractions([{ ...avoid, radius: 110 }], true);
  models.setInteractions([{ ...avoid, radius: 120 }], true);
  link.tell("models", listing(model("a"), model("b")));
  expect(models.interactions.value[0].radius).toBe(120);
  expect(models.outcome.value).toBe(before); // the kernel does not know yet
  models.flush();
  expect(link.of("interactions").length).toBe(1);
  expect(models.outcome.value).not.toBe(before);
  await link.of("interactions")[0].answer({});
  await settled();
  link.tell("models", listing(model("a"), model("b")));
  expect(models.interactions.value).toEqual([]);
});
