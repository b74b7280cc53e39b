import { expect, test, vi } from "vitest";
import { type Content, KernelError, type Link } from "../../src/kernel/protocol";
import { Curve, type CurveRow } from "../../src/state/curve";
import { type RunValues, TrainingState } from "../../src/state/training";
import { trainingSet } from "../helpers/samples";

const batchRow = (at: number, loss: number): CurveRow => [at, loss, null, null];
const epochRow = (at: number, loss: number, validation: number | null = null): CurveRow => [
  at,
  null,
  loss,
  validation,
];

test("an epoch is drawn at its last batch", () => {
  const curve = new Curve();
  curve.add(0, [batchRow(0.5, 3), batchRow(1, 2), epochRow(1, 2.5, 2.2), batchRow(1.5, 1)]);
  expect(curve.at).toEqual([0.5, 1, 1.5]);
  expect(curve.loss).toEqual([null, 2.5, null]);
  expect(curve.validation).toEqual([null, 2.2, null]);
  expect(curve.latest).toEqual({ loss: 2.5, validation: 2.2 });
  expect(curve.count).toBe(4);
});

test("rows that are known are not added twice, and missing ones are noticed", () => {
  const curve = new Curve();
  curve.add(0, [batchRow(0.1, 5), batchRow(0.2, 4), batchRow(0.3, 3)]);
  expect(curve.add(2, [batchRow(0.3, 3), batchRow(0.4, 2)])).toBe(true);
  expect(curve.at).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(curve.add(9, [batchRow(0.9, 1)])).toBe(false);
  expect(curve.at).toHaveLength(4);
});

test("a new run begins an empty curve", () => {
  const curve = new Curve();
  curve.add(0, [batchRow(0.1, 5), batchRow(0.2, 4)]);
  curve.add(0, [batchRow(0.1, 9)]);
  expect(curve.batch).toEqual([9]);
});

test("a snapshot travels as float32 with NaN for nothing", () => {
  const values = Float32Array.from([0.5, 3, Number.NaN, Number.NaN, 1, Number.NaN, 2.5, 2]);
  const curve = Curve.decode(new DataView(values.buffer));
  expect(curve.at).toEqual([0.5, 1]);
  expect(curve.batch).toEqual([3, null]);
  expect(curve.loss).toEqual([null, 2.5]);
});

const values = (state: RunValues["state"], model = "m"): Content => ({
  model,
  state,
  progress: 0.5,
  epochs: 5,
});

function kernel(answer: (kind: string, content: Content) => { content: Content; buffers?: DataView[] }) {
  const handlers = new Map<string, (content: Content, buffers: DataView[]) => void>();
  let alive = (_: boolean) => {};
  const request = vi.fn(async (kind: string, content: Content = {}) => {
    const found = answer(kind, content);
    return { content: found.content, buffers: found.buffers ?? [] };
  });
  const link = {
    request,
    on: (event: string, handler: (content: Content, buffers: DataView[]) => void) => {
      handlers.set(event, handler);
      return () => handlers.delete(event);
    },
    onAlive: (handler: (alive: boolean) => void) => {
      alive = handler;
      return () => {};
    },
    waiting: () => 0,
    close: () => {},
  } as unknown as Link;
  const push = (event: string, content: Content) => handlers.get(event)?.(content, []);
  return { link, request, push, die: () => alive(false) };
}

const snapshot = (rows: number[][]) => ({
  content: { runs: [values("running")], lost: [] },
  buffers: [new DataView(Float32Array.from(rows.flat()).buffer)],
});
const NONE = Number.NaN;

test("a page that comes later has the curve and goes on with it", async () => {
  const { link, push } = kernel(
    (kind) =>
    kind === "trainings" ? snapshot([[0.5, 3, NONE, NONE], [1, 2, NONE, NONE]]) : { content: {} }, // biome-ignore format: a table
  );
  const training = new TrainingState(link);
  await training.open();
  expect(training.active.value.map(({ model }) => model)).toEqual(["m"]);
  push("training", { ...values("running"), from: 1, rows: [batchRow(1, 2), batchRow(1.5, 1)] });
  expect(training.run("m")?.curve.at).toEqual([0.5, 1, 1.5]);
  push("training", { ...values("done"), from: 3, rows: [] });
  expect(training.active.value).toEqual([]);
});

test("the options of the latest training are there again", async () => {
  const asked = {
    epochs: 7,
    batch_size: 4,
    n_copies: 3,
    learning_rate: 2e-4,
    validation_split: 0.2,
    augment: true,
  };
  const { content, buffers } = snapshot([]);
  const { link, push, request } = kernel((kind) =>
    kind === "trainings"
      ? { content: { ...content, options: asked }, buffers }
      : { content: { ...trainingSet() } },
  );
  const training = new TrainingState(link);
  await training.open();
  expect(training.options.value).toMatchObject({
    epochs: 7,
    batch_size: 4,
    n_copies: 3,
    learning_rate: 2e-4,
  });
  training.options.value = { ...training.options.value, epochs: 9 };
  push("training", { ...values("running"), from: 7, rows: [batchRow(3, 1)] }); // fetches all of it again
  await vi.waitFor(() => expect(request.mock.calls.filter(([kind]) => kind === "trainings")).toHaveLength(2));
  expect(training.options.value.epochs).toBe(9);
  await training.train("m", "");
  expect((request.mock.calls.at(-1)![1] as { options: Content }).options).toEqual({ ...asked, epochs: 9 });
});

test("when an event was missed all of it is fetched again", async () => {
  const { link, push, request } = kernel((kind) =>
    kind === "trainings" ? snapshot([[0.5, 3, NONE, NONE]]) : { content: {} },
  );
  const training = new TrainingState(link);
  await training.open();
  push("training", { ...values("running"), from: 7, rows: [batchRow(3, 1)] });
  await vi.waitFor(() => expect(request.mock.calls.filter(([kind]) => kind === "trainings")).toHaveLength(2));
});

test("train sends the suggested batch size unless one was chosen", async () => {
  const { link, request, push } = kernel((kind) => ({ content: kind === "train" ? { model: "new" } : {} }));
  const training = new TrainingState(link);
  push("training_set", { suggestion: { batch_size: 16, reason: "" } });
  expect(await training.train(null, "VGGNet S")).toBe("new");
  training.options.value = { ...training.options.value, batch_size: 4, learning_rate: 2e-4 };
  await training.train("m", "");
  const sent = request.mock.calls.map(([, content]) => content as { options: Content });
  expect(sent.map(({ options }) => options.batch_size)).toEqual([16, 4]);
  expect(sent.map(({ options }) => options.learning_rate)).toEqual([null, 2e-4]);
});

test("what the kernel refuses is shown, and forgotten when it does what is asked next", async () => {
  let refuses = true;
  const { link } = kernel(() => {
    if (refuses) throw new KernelError("it is being trained already", "InputError");
    return { content: {} };
  });
  const training = new TrainingState(link);
  await training.train("m", "");
  expect(training.error.value).toBe("it is being trained already");
  refuses = false;
  await training.halt("m");
  expect(training.error.value).toBeNull();
});

test("a dead kernel is known of", () => {
  const { link, die } = kernel(() => ({ content: {} }));
  const training = new TrainingState(link);
  die();
  expect(training.alive.value).toBe(false);
});
