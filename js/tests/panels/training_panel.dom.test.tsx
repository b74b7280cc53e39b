// From annotations to a trained model: the set, the run, what was lost.
import { act, fireEvent, render, screen, within } from "@testing-library/preact";
import { expect, test } from "vitest";
import { PROPOSED_ARCHITECTURE } from "../../src/kernel/generated/tables";
import type { ModelValues, RunValues, TrainingSetValues } from "../../src/kernel/generated/wire";
import { TrainingPanel } from "../../src/panels/training_panel";
import { listing, model } from "../helpers/model_list";
import { HOSTILE, isHarmless, opened } from "../helpers/opened";
import { run, trainingSet } from "../helpers/samples";

const MADE = {
  boxes: 60,
  positive: 51,
  box_size: 64,
  depth: 1,
  voxel_size: 10,
  features: ["Ribosome"],
  origin: "made here",
  stale: false,
};

async function show(
  set: Partial<TrainingSetValues> = {},
  runs: RunValues[] = [],
  lost: { id: string }[] = [],
  values: Partial<ModelValues> = { compiled: false },
) {
  const window = await opened();
  window.link.tell("models", listing(model("a", { title: "Ribosome", ...values })));
  const { training, models } = window.bench;
  const { container } = render(<TrainingPanel training={training} models={models} />);
  await act(() => window.link.last("training_set").answer(trainingSet(set)));
  await act(() =>
    window.link
      .last("trainings")
      .answer(
        { runs, lost: lost.map((one) => ({ title: "Old", time: 1.7e9, loss: 0.25, ...one })), options: null },
        ...runs.map(() => new Uint8Array(Float32Array.from([1, Number.NaN, 0.5, 0.4]).buffer)),
      ),
  );
  return { ...window, training, container };
}

const button = (name: string) => screen.getByRole("button", { name }) as HTMLButtonElement;

function fill(name: string, value: string) {
  const field = screen.getByRole("textbox", { name }) as HTMLInputElement;
  field.value = value;
  fireEvent.change(field);
}

test("the choice is changed by roles, tomograms, box, voxel size and depth", async () => {
  const tomograms = [
    { uid: "t", name: "cell", taken: true, positive: 12, negative: 3, slices: 2 },
    { uid: "u", name: "other", taken: false },
  ];
  const { link } = await show({ tomograms });
  const chosen = () => link.last("training_set_choose").content;
  const roles = within(screen.getByRole("radiogroup", { name: "Ribosome" }));
  expect(roles.getByRole("radio", { name: /positive/ }).getAttribute("aria-checked")).toBe("true");
  fireEvent.click(roles.getByRole("radio", { name: /background/ }));
  expect(chosen()).toEqual({ role: ["Ribosome", -1] });
  expect(screen.getByText("+12 −3")).toBeTruthy();
  fireEvent.click(screen.getByRole("checkbox", { name: /other/ }));
  expect(chosen()).toEqual({ take: ["u", true] });
  fireEvent.input(screen.getByRole("slider", { name: "Box size" }), { target: { value: "96" } });
  expect(chosen()).toEqual({ box_size: 96 });
  fill("Voxel size in Å", "13.5");
  expect(chosen()).toEqual({ voxel_size: 13.5 });
  fill("Depth in slices", "three");
  expect(chosen()).toEqual({ depth: 0 });
  await act(() => link.last("training_set_choose").refuse("the depth must be a whole number of at least 1"));
  expect(screen.getByRole("alert").textContent).toContain("at least 1");
  await act(() => link.of("training_set_choose")[2].answer(trainingSet({ box_size: 96 })));
  expect(screen.getByText("96 px")).toBeTruthy();
});

test("a set is made, can be stopped, and says what it holds and when it is out of date", async () => {
  const { link } = await show();
  expect(screen.getByText("15 boxes")).toBeTruthy();
  fireEvent.click(button("Make training set"));
  expect(link.of("training_set_make")).toHaveLength(1);
  act(() => link.tell("training_set", trainingSet({ making: { progress: 0.4, message: "box 6 of 15" } })));
  expect(
    screen.getByRole("progressbar", { name: "Making the training set" }).getAttribute("aria-valuenow"),
  ).toBe("40");
  fireEvent.click(button("Cancel"));
  expect(link.of("training_set_cancel")).toHaveLength(1);
  act(() => link.tell("training_set", trainingSet({ set: { ...MADE, stale: true } })));
  expect(screen.getByText(/60 boxes of 64² px at 10.00 Å, 51 with the feature/).textContent).toContain(
    "have changed",
  );
});

test("where nothing can be made the button is off and the notes say why", async () => {
  await show({ possible: false, notes: [{ kind: "error", text: "there are no boxes yet" }] });
  expect(button("Make training set").disabled).toBe(true);
  expect(screen.getByRole("alert").textContent).toBe("there are no boxes yet");
});

test("a set is loaded and saved by path, and an existing file is replaced on insisting", async () => {
  const { link, bench } = await show({ set: MADE });
  fireEvent.click(button("Load training set"));
  fill("Path of the training set", "/s/a.scnt");
  expect(link.last("training_set_load").content).toEqual({ path: "/s/a.scnt" });
  fireEvent.click(button("Save training set"));
  fill("Path to write the training set to", "/s/b.scnt");
  await act(() => link.last("training_set_save").refuse("b.scnt already exists", "overwrite"));
  act(() => bench.tomograms.problems.latest.value?.offer?.accept());
  await act(async () => {});
  expect(link.last("training_set_save").content).toEqual({ path: "/s/b.scnt", overwrite: true });
});

test("there is nothing to save or to train before there is a set", async () => {
  await show();
  expect(button("Save training set").disabled).toBe(true);
  expect(button("Train").disabled).toBe(true);
  expect(button("Train").title).toBe("Make a training set first");
  for (const name of ["Train further", "Start over", "Stop"])
    expect(screen.queryByRole("button", { name })).toBeNull();
});

test("Train asks with what the fields say", async () => {
  const { link } = await show({ set: MADE });
  fill("Epochs", "12");
  fill("Copies", "nonsense");
  fill("Batch size", "4");
  fireEvent.input(screen.getByRole("slider", { name: "Validation split" }), { target: { value: "0.2" } });
  fireEvent.click(screen.getByRole("checkbox", { name: "Vary grey values" }));
  const rate = screen.getByRole("combobox", { name: "Learning rate" }) as HTMLSelectElement;
  rate.value = "own";
  fireEvent.change(rate);
  fill("Learning rate", "2e-4");
  fireEvent.click(button("Train"));
  expect(link.last("train").content).toEqual({
    model: "a",
    architecture: PROPOSED_ARCHITECTURE,
    start_over: false,
    options: {
      epochs: 12,
      n_copies: 10,
      batch_size: 4,
      validation_split: 0.2,
      augment: true,
      learning_rate: 2e-4,
    },
  });
});

test("an empty batch field takes what the kernel suggests", async () => {
  const { link } = await show({ set: MADE });
  expect((screen.getByRole("textbox", { name: "Batch size" }) as HTMLInputElement).placeholder).toBe(
    "auto: 16",
  );
  fireEvent.click(button("Train"));
  expect(link.last("train").content.options.batch_size).toBe(16);
});

const SHOWN = {
  epochs: 50,
  n_copies: 10,
  batch_size: 16,
  validation_split: 0.1,
  augment: false,
  learning_rate: null,
};

test("a run shows how it is going and is stopped", async () => {
  const { link } = await show({ set: MADE }, [run("a")]);
  expect(screen.getByText("epoch 3 of 5")).toBeTruthy();
  expect(screen.getByText("1 min 30 s left · 4.3 steps/s · batch 8 · float32 · 2.5 GB")).toBeTruthy();
  expect(screen.getByRole("figure", { name: "Loss curve" }).textContent).toContain("loss 0.500");
  expect(screen.queryByRole("textbox", { name: "Epochs" })).toBeNull();
  expect(screen.queryByRole("button", { name: /Train|Start over/ })).toBeNull();
  fireEvent.click(button("Stop"));
  expect(link.last("training_stop").content).toEqual({ model: "a" });
  const stopped = run("a", { state: "cancelled", epochs_left: 2, time_left: null });
  act(() => link.tell("training", { ...stopped, from: 1, rows: [[2, null, 0.3, null]] }));
  expect(screen.getByText("stopped after 2 epochs")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
});

test("a trained model is trained further as the fields say", async () => {
  const { link } = await show({ set: MADE }, [run("a", { state: "done" })], [], { compiled: true });
  expect(screen.queryByRole("button", { name: "Train" })).toBeNull();
  fill("Epochs", "40");
  fill("Copies", "4");
  fireEvent.click(button("Train further"));
  const options = { ...SHOWN, epochs: 40, n_copies: 4 };
  expect(link.last("train").content).toMatchObject({ model: "a", options, start_over: false });
});

test("a model that was loaded is trained further as well", async () => {
  const { link } = await show({ set: MADE }, [], [], { compiled: true });
  fireEvent.click(button("Train further"));
  expect(link.last("train").content).toMatchObject({ model: "a", options: SHOWN, start_over: false });
});

test("starting over asks before it discards what was learnt", async () => {
  const { link } = await show({ set: MADE }, [run("a", { state: "done" })], [], {
    compiled: true,
    path: "/m/ribosome.scnm",
  });
  fireEvent.click(button("Start over"));
  expect(screen.getByText(/Discard what “Ribosome” has learnt/).textContent).toContain("Its file stays");
  fireEvent.click(button("Keep"));
  expect(link.of("train")).toHaveLength(0);
  fireEvent.click(button("Start over"));
  fireEvent.click(button("Discard and start over"));
  expect(link.last("train").content).toMatchObject({ model: "a", options: SHOWN, start_over: true });
  expect(button("Start over")).toBeTruthy();
});

test("what to know of the validation is said", async () => {
  const note = "no box that is held out has the feature";
  await show({ set: MADE }, [run("a", { note })]);
  expect(screen.getByText(note)).toBeTruthy();
});

test("what goes wrong with a run is said", async () => {
  const values = run("a", {
    state: "failed",
    error: "the loss is not a number",
    out_of_memory: 32,
    backup_error: "disk full",
  });
  const { link } = await show(
    { set: MADE, model_notes: { a: [{ kind: "warning", text: "another pixel size" }] } },
    [values],
  );
  expect(screen.getByRole("alert").textContent).toBe("the loss is not a number");
  expect(
    screen.getByText(/Batches of 32 did not fit into memory; continuing with batches of 8/),
  ).toBeTruthy();
  expect(screen.getByText("disk full")).toBeTruthy();
  expect(screen.getByText("another pixel size")).toBeTruthy();
  fireEvent.click(button("Train"));
  await act(() => link.last("train").refuse("it is being trained already"));
  expect(screen.getByText("it is being trained already")).toBeTruthy();
});

test("a waiting run says what it waits for, and a dead kernel ends it", async () => {
  const { link } = await show({ set: MADE }, [run("a", { state: "waiting", waits_for: "Membrane" })]);
  expect(screen.getByText("waiting until Membrane is trained")).toBeTruthy();
  act(() => link.alive(false));
  expect(screen.getByText(/Training ended when its kernel did/)).toBeTruthy();
  expect(button("Stop").disabled).toBe(true);
});

test("a model that was left behind is recovered or discarded", async () => {
  const { link } = await show({}, [], [{ id: "/l/1" }, { id: "/l/2" }]);
  expect(screen.getByText(/The model “Old” from .*\(loss 0.2500\).*there is 1 more/)).toBeTruthy();
  fireEvent.click(button("Recover model"));
  expect(link.last("training_recover").content).toEqual({ recovery: "/l/1", discard: false });
  await act(() =>
    link.last("training_recover").answer({ lost: [{ id: "/l/2", title: "Older", time: 1, loss: null }] }),
  );
  fireEvent.click(button("Discard model"));
  expect(link.last("training_recover").content).toEqual({ recovery: "/l/2", discard: true });
});

test("without a model in front an architecture is chosen for a new one", async () => {
  const window = await opened();
  const { training, models } = window.bench;
  render(<TrainingPanel training={training} models={models} />);
  await act(() => window.link.last("training_set").answer(trainingSet({ set: MADE })));
  await act(() => window.link.last("trainings").answer({ runs: [], lost: [], options: null }));
  fireEvent.click(button("Train"));
  expect(window.link.last("train").content).toMatchObject({
    model: null,
    architecture: PROPOSED_ARCHITECTURE,
  });
});

test("names, notes and errors stay text", async () => {
  const { container } = await show(
    {
      features: [{ title: HOSTILE, color: [1, 0, 0], role: 1 }],
      tomograms: [1, 2].map((i) => ({ uid: `${i}`, name: HOSTILE, taken: true })),
      notes: [{ kind: "error", text: HOSTILE }],
      set: { ...MADE, features: [HOSTILE], origin: HOSTILE },
    },
    [run("a", { error: HOSTILE, message: HOSTILE, device: HOSTILE })],
    [{ id: HOSTILE }],
  );
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});
