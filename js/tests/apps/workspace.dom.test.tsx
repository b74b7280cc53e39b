// The whole window without graphics: keys, focus, full window, stages and tools.
import { act, fireEvent, screen, within } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { renderWorkspace } from "../../src/apps/workspace";
import { KEYS } from "../../src/kernel/generated/tables";
import { type Stages, stagesOf, Workbench } from "../../src/state/workbench";
import { FakeLink, settled } from "../helpers/fake_link";
import { listing, model } from "../helpers/model_list";
import { feature } from "../helpers/opened";
import { tomogram } from "../helpers/samples";

let link: FakeLink;
let bench: Workbench;
let stages: Stages;
let close = () => {};

beforeEach(async () => {
  HTMLElement.prototype.showPopover ??= () => {};
  HTMLElement.prototype.hidePopover ??= () => {};
  link = new FakeLink();
  bench = new Workbench(link);
  stages = stagesOf(["annotate", "models", "export", "render"], "annotate");
  const element = document.body.appendChild(document.createElement("div"));
  await act(async () => {
    close = renderWorkspace(bench, stages, element);
    link.tell("tomograms", { tomograms: [tomogram("cell"), tomogram("other")] });
    const info = tomogram("cell");
    const features = [feature("a", { title: "Ribosome" }), feature("b", { title: "Membrane" })];
    await link.of("snapshot")[0].answer({ features, revision: 0, info });
    const others = [feature("c", { title: "Actin" })];
    await link.of("snapshot")[1].answer({ features: others, revision: 0, info: tomogram("other") });
  });
});

afterEach(() => {
  act(() => close());
  bench.close();
  document.body.replaceChildren();
});

const root = () => screen.getByRole("application");
const press = (key: string, more = {}) =>
  act(async () => void fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more }));
const tool = () => screen.queryByRole("radio", { checked: true })?.getAttribute("aria-label");
const tab = (name: string) => act(async () => void fireEvent.click(screen.getByRole("tab", { name })));

test("after a feature is deleted the focus stays in the window, and ctrl+Z brings it back", async () => {
  const card = within(screen.getByRole("listitem", { name: "Ribosome" }));
  const menu = card.getByRole("button", { name: "Menu of Ribosome" });
  menu.focus();
  await act(async () => void fireEvent.click(menu));
  await act(async () => void fireEvent.click(card.getByRole("menuitem", { name: "Delete feature" })));
  await act(settled);
  expect(screen.queryByRole("listitem", { name: "Ribosome" })).toBeNull();
  expect(document.activeElement).toBe(root());
  await press("z", { ctrlKey: true });
  expect(screen.getByRole("listitem", { name: "Ribosome" })).toBeTruthy();
  expect(link.last("undo").content).toMatchObject({ tomogram: "cell" });
});

test("a field that was answered gives the focus back to the window", async () => {
  const open = screen.getByRole("button", { name: "Open a tomogram" });
  await act(async () => void fireEvent.click(open));
  const field = screen.getByRole("textbox", { name: "Path to open" }) as HTMLInputElement;
  field.focus();
  field.value = "/data/new.mrc";
  await act(async () => void fireEvent.change(field));
  await act(settled);
  expect(document.activeElement).toBe(root());
});

test("what takes the focus away from the window keeps it", async () => {
  const elsewhere = document.body.appendChild(document.createElement("button"));
  screen.getByRole("button", { name: "Help" }).focus();
  elsewhere.focus();
  link.tell("tomograms", { tomograms: [tomogram("cell")] });
  await act(settled);
  expect(document.activeElement).toBe(elsewhere);
});

test("in full window Escape closes an open menu first, then the help, then the full window", async () => {
  const pressed = () => screen.getByRole("button", { name: "Full window" }).getAttribute("aria-pressed");
  await act(async () => void fireEvent.click(screen.getByRole("button", { name: "Full window" })));
  await press("?");
  const menu = screen.getByRole("button", { name: "Tomogram menu" });
  menu.focus();
  await press("ArrowDown");
  await press("Escape");
  expect(screen.queryByRole("menu", { name: "Tomogram menu" })).toBeNull();
  expect([pressed(), screen.queryByRole("dialog") !== null]).toEqual(["true", true]);
  await press("Escape");
  expect([pressed(), screen.queryByRole("dialog") !== null]).toEqual(["true", false]);
  await press("Escape");
  expect(pressed()).toBe("false");
});

test("a tool that a stage does not have is taken up again after it", async () => {
  root().focus();
  await press("l");
  expect(tool()).toBe("Lasso");
  await tab("Export");
  expect(tool()).toBe("Move");
  await tab("Annotate");
  expect(tool()).toBe("Lasso");
  await press("v");
  await tab("Export");
  await tab("Annotate");
  expect(tool()).toBe("Move"); // chosen by the user
});

test("the region tool is not taken along to where there is none", async () => {
  await tab("Export");
  await act(async () => void fireEvent.click(screen.getByRole("radio", { name: "Region" })));
  await tab("Annotate");
  expect(tool()).toBe("Brush");
});

test("every key does what the table says, and nothing else is taken", async () => {
  link.tell("models", listing(model("m")));
  for (const combination of Object.keys(KEYS)) {
    const parts = combination === " " ? [" "] : combination.split("+");
    const key = parts.at(-1)!;
    const event = { key, ctrlKey: parts.includes("ctrl"), shiftKey: parts.includes("shift") };
    if (key === "Escape") continue; // has nothing to close
    root().focus();
    let taken = false;
    await act(async () => {
      taken = !fireEvent.keyDown(root(), event);
    });
    expect([combination, taken]).toEqual([combination, true]);
  }
  expect(fireEvent.keyDown(root(), { key: "q" })).toBe(true);
  expect(fireEvent.keyDown(root(), { key: "Escape" })).toBe(false); // the help was open
  expect(fireEvent.keyDown(root(), { key: "Escape" })).toBe(true);
  expect(fireEvent.keyDown(root(), { key: "x", altKey: true })).toBe(true);
});

test("keys act on the slice, the feature and the tool", async () => {
  root().focus();
  const status = () => screen.getByRole("slider", { name: "Slice" });
  await press("ArrowRight", { shiftKey: true });
  await press("ArrowLeft");
  expect(status()).toBeTruthy();
  await press("s");
  expect(screen.getByRole("listitem", { name: "Membrane" }).getAttribute("aria-current")).toBe("true");
  await press("x");
  expect(screen.getByRole("button", { name: "Show Membrane" })).toBeTruthy();
  await press("F", { shiftKey: true });
  await press("]");
  await press("=");
  const settings = bench.tomograms.all.value[0].activeFeature?.settings.value;
  expect(settings).toMatchObject({ filled: false, brush_radius: 11, flood_sensitivity: 55 });
  await press("f");
  expect(tool()).toBe("Flood");
  await press("f");
  expect(tool()).toBe("Brush");
  await press("ArrowDown");
  expect(screen.getByRole("button", { name: "other" }).getAttribute("aria-current")).toBe("true");
  await press("ArrowUp");
  await press("s", { ctrlKey: true });
  expect(link.last("save").content).toEqual({ tomogram: "cell", path: null });
});

test("while text is typed only combinations with ctrl are keys of the window", async () => {
  const field = screen.getByRole("combobox", { name: "Feature name" }) as HTMLInputElement;
  field.focus();
  await press("x");
  expect(screen.getByRole("button", { name: "Hide Ribosome" })).toBeTruthy();
});

test("a click beside the controls gives the window the focus", async () => {
  await act(async () => void fireEvent.pointerDown(screen.getByText("Features")));
  expect(document.activeElement).not.toBe(root()); // a summary is a control
  await act(async () => void fireEvent.pointerDown(screen.getByText("XY")));
  expect(document.activeElement).toBe(root());
});

test("without WebGL the window says so and works otherwise", () => {
  expect(screen.getByText(/needs WebGL 2/)).toBeTruthy();
});

test("each stage has its panels", async () => {
  const sections = () => [...document.querySelectorAll(".ais-section-title")].map((one) => one.textContent);
  expect(sections()).toEqual(["Tomograms (2)", "Features", "Display"]);
  await tab("Models");
  expect(sections()).toEqual(["Tomograms (2)", "Models", "Training set", "Training", "Display"]);
  await tab("Export");
  expect(sections()).toEqual(["Tomograms (2)", "Export", "Part to segment", "Display"]);
  await tab("Render");
  expect(sections()).toEqual(["Tomograms (2)", "Particles", "Display"]);
  expect(screen.getAllByRole("radio").map((one) => one.getAttribute("aria-label"))).toContain("Pick");
});
