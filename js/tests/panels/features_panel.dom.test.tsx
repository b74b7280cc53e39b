// The list of features and one feature's card.
import { signal } from "@preact/signals";
import { act, fireEvent, render, screen, within } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { packMask } from "../../src/labels/packing";
import { FeaturesPanel } from "../../src/panels/features_panel";
import { edits, feature, HOSTILE, isHarmless, type Opened, opened } from "../helpers/opened";
import { tomogram } from "../helpers/samples";

afterEach(() => {
  vi.useRealTimers();
});

function show({ bench, viewer, actions }: Opened) {
  return render(
    <FeaturesPanel
      tomogram={viewer.tomogram.value}
      view={viewer}
      actions={actions}
      titles={bench.tomograms.titles}
      onAdd={() => void actions.addFeature()}
      live={bench.live.state}
      onAddBackground={() => void actions.addFeature({ title: "Background" })}
    />,
  );
}

const two = () =>
  opened([tomogram("cell")], [feature("a", { title: "Ribosome" }), feature("b", { title: "Membrane" })]);
const card = (title: string) => within(screen.getByRole("listitem", { name: title }));

function choose(title: string, label: string) {
  fireEvent.click(card(title).getByRole("button", { name: `Menu of ${title}` }));
  fireEvent.click(card(title).getByRole("menuitem", { name: label }));
}

test("without features it says how to begin, and a feature can be added once annotations are loaded", async () => {
  const window = await opened();
  show(window);
  expect(screen.getByText(/Start painting/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Add feature" }));
  const [edit] = edits(window)[0].edits;
  expect(edit).toMatchObject({ edit: "feature", before: null, after: 0 });
  expect(edits(window)[0].name).toBe("Add feature");
  expect(screen.getByRole("listitem", { name: "Unnamed feature 1" })).toBeTruthy();
});

test("nothing can be added without a tomogram", () => {
  render(
    <FeaturesPanel
      tomogram={undefined}
      view={{} as never}
      actions={{} as never}
      titles={{ value: [] } as never}
      onAdd={() => {}}
      live={signal({ on: true })}
      onAddBackground={() => {}}
    />,
  );
  expect((screen.getByRole("button", { name: "Add feature" }) as HTMLButtonElement).disabled).toBe(true);
});

test("a name is changed on Enter, and one of the library brings its settings", async () => {
  const window = await two();
  window.bench.tomograms.library.value = [
    { title: "Actin", color: [0, 0, 1], box_size: 96, brush_diameter: 120, alpha: 0.5 },
  ];
  show(window);
  const field = screen.getByRole("combobox", { name: "Feature name" }) as HTMLInputElement;
  field.value = "Actin";
  fireEvent.change(field);
  const changed = edits(window)[0];
  expect(changed.name).toBe("Rename feature");
  expect(
    Object.fromEntries(changed.edits.map((e) => (e.edit === "setting" ? [e.name, e.after] : []))),
  ).toEqual({
    title: "Actin",
    color: [0, 0, 1],
    box_size: 96,
    alpha: 0.5,
    brush_radius: 6,
  });
});

test("sliders and switches change the settings, which are sent when they rest", async () => {
  const window = await two();
  vi.useFakeTimers();
  show(window);
  const opacity = screen.getByRole("slider", { name: "Opacity" });
  for (const value of ["0.6", "0.4"]) fireEvent.input(opacity, { target: { value } });
  expect(edits(window)).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(edits(window)[0].edits).toEqual([
    { edit: "setting", feature: "a", name: "alpha", before: 1, after: 0.4 },
  ]);
  fireEvent.click(screen.getByRole("checkbox", { name: "Fill" }));
  fireEvent.click(screen.getByRole("checkbox", { name: "Boxes" }));
  fireEvent.input(screen.getByRole("slider", { name: "Box edge" }), { target: { value: "64" } });
  vi.advanceTimersByTime(300);
  expect(window.viewer.tomogram.value?.activeFeature?.settings.value).toMatchObject({
    filled: false,
    show_boxes: false,
    box_size: 64,
  });
  expect(screen.getByText("64 px · 64 nm")).toBeTruthy();
});

test("the menu moves, shows alone, copies, clears, keeps and deletes", async () => {
  const window = await two();
  show(window);
  choose("Ribosome", "Move down");
  expect(edits(window).at(-1)).toMatchObject({ name: "Move feature", edits: [{ before: 0, after: 1 }] });
  choose("Ribosome", "Show only this");
  expect(window.viewer.solo.value).toBe("a");
  expect(card("Membrane").getByRole("button", { name: "Show Membrane" })).toBeTruthy();
  choose("Ribosome", "Show all again");
  expect(window.viewer.solo.value).toBeNull();
  choose("Ribosome", "Keep in feature library");
  expect(window.link.last("library_keep").content).toEqual({ tomogram: "cell", feature: "a" });
  choose("Ribosome", "Delete feature");
  expect(edits(window).at(-1)).toMatchObject({ name: "Delete feature", edits: [{ before: 1, after: null }] });
  expect(screen.queryByRole("listitem", { name: "Ribosome" })).toBeNull();
});

test("what cannot be done is disabled: moving beyond the ends, interpolating less than two slices", async () => {
  const window = await two();
  show(window);
  const item = (label: string) => card("Ribosome").getByText(label) as HTMLButtonElement;
  expect(item("Move up").disabled).toBe(true);
  expect(item("Move down").disabled).toBe(false);
  expect(item("Interpolate between slices").disabled).toBe(true);
});

test("annotated slices are listed; a click goes there, the cross clears one", async () => {
  const drawn = { ...feature("a", { title: "Ribosome" }), masks: [[7, 0]] as [number, number][] };
  const window = await opened([tomogram("cell")], []);
  const mask = packMask(new Uint8Array(600).fill(1));
  void window.bench.tomograms.load("cell");
  await act(
    () =>
    window.link
      .last("snapshot")
      .answer({ features: [{ ...drawn, boxes: [[9, 1, 2], [9, 3, 4]] }], revision: 1, info: tomogram("cell") }, mask), // biome-ignore format: boxes
  );
  show(window);
  const list = within(screen.getByRole("list", { name: "Annotated slices" }));
  expect(list.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["7", "92"]);
  fireEvent.click(list.getByTitle("Go to slice 9: 2 boxes"));
  expect(window.viewer.position.value.z).toBe(9);
  fireEvent.click(list.getByRole("button", { name: "Clear 7" }));
  expect(edits(window)[0]).toMatchObject({ name: "Clear slice", edits: [{ edit: "patch", blob: 0 }] });
  expect(list.getAllByRole("listitem")).toHaveLength(1);
});

test("a hidden feature is shown again, and a click on another makes it the one that is painted", async () => {
  const window = await two();
  show(window);
  fireEvent.click(screen.getByRole("button", { name: "Hide Membrane" }));
  expect(screen.getByRole("button", { name: "Show Membrane" })).toBeTruthy();
  fireEvent.pointerDown(screen.getByRole("listitem", { name: "Membrane" }));
  expect(window.viewer.tomogram.value?.activeFeature?.uid).toBe("b");
  fireEvent.input(screen.getByLabelText("Colour of Membrane"), { target: { value: "#ff0000" } });
  expect(window.viewer.tomogram.value?.activeFeature?.settings.value.color).toEqual([1, 0, 0]);
});

test("titles stay text", async () => {
  const window = await opened(
    [tomogram("cell")],
    [feature("a", { title: HOSTILE }), feature("b", { title: HOSTILE })],
  );
  const { container } = show(window);
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});

test("scribbles on the background are offered while forests learn from each stroke, once", async () => {
  const window = await two();
  show(window);
  const offer = () => screen.queryByRole("button", { name: "Add Background" });
  expect(offer()).toBeNull();
  act(() => window.link.tell("live", { on: true, learning: "", settled: true, seconds: 0, note: "" }));
  fireEvent.click(offer()!);
  expect(screen.getByRole("listitem", { name: "Background" })).toBeTruthy();
  expect(offer()).toBeNull();
});
