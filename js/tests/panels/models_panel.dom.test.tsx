// The list of models, one model's card, its questions and its interactions.
import { act, fireEvent, render, screen, within } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import type { CopyTarget } from "../../src/panels/copy_button";
import { ModelsPanel } from "../../src/panels/models_panel";
import { ModelFiles } from "../../src/state/model_files";
import { listing, model } from "../helpers/model_list";
import { HOSTILE, isHarmless, type Opened, opened } from "../helpers/opened";

afterEach(() => {
  vi.useRealTimers();
});

async function show(...models: ReturnType<typeof model>[]) {
  const window = await opened();
  window.link.tell("models", listing(...models));
  const { bench, viewer } = window;
  const target: CopyTarget = {
    prediction: viewer.predictions.shown,
    feature: { value: "Ribosome" } as never,
    copy: vi.fn(),
  };
  const onAdd = vi.fn(async () => true);
  const { container } = render(
    <ModelsPanel
      models={bench.models}
      files={new ModelFiles(bench.models, viewer)}
      names={bench.tomograms}
      target={target}
      onAdd={onAdd}
    />,
  );
  return { ...window, target, onAdd, container };
}

const card = (title: string) => within(screen.getByRole("listitem", { name: title }));

function choose(title: string, label: string) {
  fireEvent.click(card(title).getByRole("button", { name: `Menu of ${title}` }));
  fireEvent.click(card(title).getByRole("menuitem", { name: label }));
}

function answerField(name: string, value?: string) {
  const field = screen.getByRole("textbox", { name }) as HTMLInputElement;
  if (value !== undefined) field.value = value;
  fireEvent.keyDown(field, { key: "Enter" });
}

const set = ({ link }: Opened) => link.of("model_set").map(({ content: { name, value } }) => [name, value]);

test("without models it says what to do; one is added of a chosen architecture", async () => {
  const { link, onAdd } = await show();
  expect(screen.getByText(/Add a model to train/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Add model" }));
  const add = screen.getByRole("button", { name: "Add" }) as HTMLButtonElement;
  expect(add.disabled).toBe(true); // the library has not arrived
  await act(() =>
    link.last("architectures").answer({
      architectures: [
        { title: "VGGNet M", summary: "the usual choice", group: "current" },
        { title: "Own", summary: "", group: "plug-in" },
      ],
    }),
  );
  await act(() =>
    link.last("architecture_facts").answer({
      facts: { parameters: 1_200_000, receptive_field: 48, size_multiple: 8, depth_multiple: 1 },
    }),
  );
  expect(screen.getByText("1.2 M parameters · sees 48 × 48 px · boxes in multiples of 8 px")).toBeTruthy();
  const choice = screen.getByRole("combobox", { name: "Architecture" }) as HTMLSelectElement;
  choice.value = "Own";
  fireEvent.change(choice);
  await act(() => link.last("architecture_facts").answer({ facts: null }));
  expect(screen.getByText(/size is unknown/)).toBeTruthy();
  await act(async () => void fireEvent.click(add));
  expect(onAdd).toHaveBeenCalledWith("Own");
  expect(screen.queryByRole("button", { name: "Add" })).toBeNull();
});

test("a model is loaded from a path; when that fails the question stays", async () => {
  const { link } = await show();
  fireEvent.click(screen.getByRole("button", { name: "Load model" }));
  const field = screen.getByRole("textbox", { name: "Path of the model" }) as HTMLInputElement;
  field.value = "/m/a.scnm";
  fireEvent.change(field);
  expect(link.last("model_load").content).toEqual({ path: "/m/a.scnm" });
  await act(() => link.last("model_load").refuse("no model"));
  expect(screen.getByRole("textbox", { name: "Path of the model" })).toBeTruthy();
  fireEvent.change(field);
  await act(() => link.last("model_load").answer({ model: "a" }));
  expect(screen.queryByRole("textbox", { name: "Path of the model" })).toBeNull();
});

test("a card says what the model is, and whether it is trained", async () => {
  await show(
    model("a", { title: "Old", compiled: false }),
    model("b", { title: "New", depth: 5, training: true, parameters: 2e6, path: "/m/new.scnm" }),
  );
  expect(card("Old").getByText("VGGNet M · not trained yet")).toBeTruthy();
  const facts = card("New").getByTitle("Sees 48 × 48 px. /m/new.scnm");
  expect(facts.textContent).toBe(
    "VGGNet M · 2.0 M parameters · 64² px × 5 slices · 10 Å · loss 0.100 · training",
  );
});

test("settings are sent; what is dragged is collected", async () => {
  const window = await show(model("a"));
  vi.useFakeTimers();
  fireEvent.input(screen.getByRole("slider", { name: "Threshold" }), { target: { value: "0.6" } });
  fireEvent.input(screen.getByRole("slider", { name: "Threshold" }), { target: { value: "0.7" } });
  expect(set(window)).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(set(window)).toEqual([["threshold", 0.7]]);
  fireEvent.input(screen.getByRole("slider", { name: "Test-time augmentation" }), { target: { value: "4" } });
  fireEvent.click(screen.getByRole("checkbox", { name: "Emit" }));
  fireEvent.click(screen.getByRole("button", { name: "Hide a" }));
  expect(set(window).slice(1)).toEqual([["tta", 4], ["emit", true], ["show", false]]); // biome-ignore format: a list
  expect(screen.getByText("4 views")).toBeTruthy();
});

test("a name of the library brings its colour", async () => {
  const window = await show(model("a"));
  window.bench.tomograms.library.value = [
    { title: "Actin", color: [0, 0, 1], box_size: 96, brush_diameter: 120, alpha: 0.5 },
  ];
  const field = screen.getByRole("combobox", { name: "Model name" }) as HTMLInputElement;
  field.value = "Actin";
  fireEvent.change(field);
  window.bench.models.flush();
  expect(set(window)).toEqual([["title", "Actin"], ["color", [0, 0, 1]]]); // biome-ignore format: a list
});

test("Save goes where the model came from, with a picture of the slice in view", async () => {
  const { link } = await show(model("a", { path: "/m/a.scnm" }));
  choose("a", "Save");
  expect(link.last("model_save").content).toEqual({ model: "a", path: "/m/a.scnm", tomogram: "cell", z: 25 });
});

test("a model that came from nowhere is asked where to; an existing file is replaced on insisting", async () => {
  const { link, bench } = await show(model("a"));
  choose("a", "Save");
  answerField("Path to save the model");
  expect(link.last("model_save").content.path).toBe("/data/a.scnm");
  await act(() => link.last("model_save").refuse("a.scnm already exists", "overwrite"));
  expect(bench.tomograms.problems.latest.value?.offer?.label).toBe("Overwrite");
  act(() => bench.tomograms.problems.latest.value?.offer?.accept());
  await act(async () => {});
  expect(link.last("model_save").content).toMatchObject({ path: "/data/a.scnm", overwrite: true });
  await act(() => link.last("model_save").answer({ path: "/data/a.scnm" }));
  expect(screen.queryByRole("textbox", { name: "Path to save the model" })).toBeNull();
});

test("a slice's prediction, a group and a pixel size are asked for in fields", async () => {
  const window = await show(model("a"), model("b"));
  choose("b", "Save this slice…");
  answerField("Path to save the prediction of this slice");
  expect(window.link.last("prediction_save").content).toEqual({
    model: "b",
    tomogram: "cell",
    z: 25,
    path: "/data/cell_z25_b.mrc",
  });
  fireEvent.click(screen.getByRole("button", { name: "Menu of all models" }));
  fireEvent.click(screen.getByRole("menuitem", { name: "Save all as a group…" }));
  answerField("Path to save the group");
  expect(window.link.last("model_group_save").content).toEqual({ path: "/data/a_b.scnmgroup" });
  choose("b", "Set pixel size…");
  const field = screen.getByRole("textbox", { name: "Pixel size of the model in Å" }) as HTMLInputElement;
  field.value = "13.5";
  fireEvent.change(field);
  expect(set(window)).toEqual([["voxel_size", 13.5]]);
});

test("closing a model is confirmed, and says when it is in no file", async () => {
  const { link } = await show(model("a"));
  choose("a", "Close model");
  expect(screen.getByText(/It has not been saved/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Keep open" }));
  expect(link.of("model_remove")).toEqual([]);
  choose("a", "Close model");
  fireEvent.click(screen.getByRole("button", { name: "Close model" }));
  expect(link.last("model_remove").content).toEqual({ model: "a" });
});

test("what needs weights is disabled without them", async () => {
  await show(model("a", { compiled: false }));
  for (const label of ["Save", "Save as…", "Save this slice…"])
    expect((card("a").getByText(label) as HTMLButtonElement).disabled).toBe(true);
  expect(screen.queryByRole("button", { name: "Copy to annotation" })).toBeNull();
});

test("a prediction is copied once there is one, and its note is shown", async () => {
  const { viewer, target } = await show(model("a"));
  const copy = screen.getByRole("button", { name: "Copy to annotation" }) as HTMLButtonElement;
  expect(copy.disabled).toBe(true);
  act(() => {
    viewer.predictions.shown.value = {
      tomogram: "cell",
      z: 25,
      width: 1,
      height: 1,
      layers: [{ model: "a", note: "the slice was rescaled", pixels: new Uint8Array(1) }],
    };
  });
  expect(screen.getByText("The slice was rescaled.")).toBeTruthy();
  expect(copy.title).toContain("“Ribosome”");
  fireEvent.click(copy);
  expect(target.copy).toHaveBeenCalledOnce();
});

test("another card is brought to the front by a click", async () => {
  const { link } = await show(model("a"), model("b"));
  fireEvent.click(screen.getByRole("button", { name: "a" }));
  expect(link.last("model_select").content).toEqual({ model: "a" });
});

test("interactions are added, changed, ordered and removed", async () => {
  const { link, bench } = await show(model("b"), model("a"));
  fireEvent.click(screen.getByRole("button", { name: "Add interaction" }));
  const one = { parent: "a", partner: "b", kind: "colocalize", radius: 100, threshold: 0.5 };
  expect(link.last("interactions").content.interactions).toEqual([one]);
  fireEvent.click(screen.getByRole("button", { name: "Add interaction" }));
  const kinds = screen.getAllByRole("combobox", { name: "Kind of interaction" }) as HTMLSelectElement[];
  kinds[1].value = "avoid";
  fireEvent.change(kinds[1]);
  expect(link.last("interactions").content.interactions[1].kind).toBe("avoid");
  fireEvent.click(screen.getByRole("button", { name: "Menu of interaction 2" }));
  fireEvent.click(screen.getByRole("menuitem", { name: "Apply earlier" }));
  expect(link.last("interactions").content.interactions.map(({ kind }) => kind)).toEqual([
    "avoid",
    "colocalize",
  ]);
  fireEvent.input(screen.getAllByRole("slider", { name: "Radius of interaction" })[0], {
    target: { value: "60" },
  });
  bench.models.flush();
  expect(link.last("interactions").content.interactions[0].radius).toBe(60);
  expect(screen.getByText("6.0 nm")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Menu of interaction 1" }));
  fireEvent.click(screen.getByRole("menuitem", { name: "Remove interaction" }));
  expect(link.last("interactions").content.interactions.map(({ kind }) => kind)).toEqual(["colocalize"]);
});

test("titles, paths and notes stay text", async () => {
  const { container, viewer } = await show(
    model("b", { title: HOSTILE, path: HOSTILE }),
    model("a", { title: `${HOSTILE}2`, architecture: HOSTILE }),
  );
  fireEvent.click(screen.getByRole("button", { name: "Add interaction" }));
  act(() => {
    const layers = [{ model: "a", note: HOSTILE, pixels: new Uint8Array(1) }];
    viewer.predictions.shown.value = { tomogram: "cell", z: 25, width: 1, height: 1, layers };
  });
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});
