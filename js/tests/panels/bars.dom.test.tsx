// What surrounds the picture: tabs, options, tools, status, help.
import { computed } from "@preact/signals";
import { act, fireEvent, render, screen } from "@testing-library/preact";
import { expect, test, vi } from "vitest";
import { KEY_HELP, MOUSE_HELP } from "../../src/kernel/generated/tables";
import { HelpOverlay } from "../../src/panels/help_overlay";
import { OptionsBar } from "../../src/panels/options_bar";
import { PredictionHint } from "../../src/panels/prediction_hint";
import { StageTabs } from "../../src/panels/stage_tabs";
import { StatusBar } from "../../src/panels/status_bar";
import { ToolRail } from "../../src/panels/tool_rail";
import { stagesOf } from "../../src/state/workbench";
import { edits, feature, HOSTILE, opened } from "../helpers/opened";
import { tomogram } from "../helpers/samples";

const button = (name: string) => screen.getByRole("button", { name }) as HTMLButtonElement;

async function bar(change = {}, features = [feature("a")]) {
  const window = await opened([tomogram("cell", change)], features);
  const { viewer, actions } = window;
  const onFullWindow = vi.fn();
  render(
    <OptionsBar
      view={viewer}
      actions={actions}
      predicts
      onFullWindow={onFullWindow}
      brush={{
        tools: viewer.tools,
        feature: computed(() => viewer.tomogram.value?.activeFeature),
        pixelSize: viewer.pixelSize,
        contrast: viewer.contrast,
        predicts: computed(() => true),
        live: { state: window.bench.live.state, toggle: () => void window.bench.live.toggle(viewer) },
        set: (one, name, value) => actions.set(one, name, value),
      }}
    />,
  );
  return { ...window, onFullWindow };
}

test("undo and redo say what they would do, and are off where there is nothing", async () => {
  const { link } = await bar({ undo: "Brush" });
  expect(button("Undo").title).toBe("Undo: Brush (ctrl+Z)");
  expect(button("Redo").disabled).toBe(true);
  fireEvent.click(button("Undo"));
  expect(link.last("undo").content).toMatchObject({ tomogram: "cell", expect: null });
});

test("Save says whether there is something to save, and where to", async () => {
  const { link } = await bar({ unsaved: true, saved_to: "/data/cell.scns" });
  expect(button("Save").textContent).toBe("Save");
  expect(button("Save").title).toBe("Save to /data/cell.scns (ctrl+S)");
  fireEvent.click(button("Save"));
  expect(link.last("save").content).toEqual({ tomogram: "cell", path: null });
});

test("what concerns the view is switched here", async () => {
  const { viewer, onFullWindow } = await bar();
  viewer.camera.value = { x: 1, y: 1, scale: 1 };
  fireEvent.click(button("Cross-sections"));
  fireEvent.click(button("Fit"));
  fireEvent.click(button("Help"));
  fireEvent.click(button("Prediction"));
  fireEvent.click(button("Full window"));
  expect([viewer.ortho.value, viewer.camera.value, viewer.help.value, viewer.predictions.on.value]).toEqual([
    false,
    null,
    true,
    false,
  ]);
  expect(onFullWindow).toHaveBeenCalledOnce();
});

test("the brush has a size in pixels and nanometres, and is off without a feature", async () => {
  const window = await bar();
  const size = screen.getByRole("slider", { name: "Brush size" }) as HTMLInputElement;
  expect(size.getAttribute("aria-valuetext")).toBe("radius 10 px, diameter 20 px · 20.0 nm");
  fireEvent.input(size, { target: { value: "15" } });
  expect(screen.getByText("⌀ 30 px · 30.0 nm")).toBeTruthy();
  window.actions.flush();
  expect(edits(window)[0].edits[0]).toMatchObject({ name: "brush_radius", after: 15 });
});

test("Live learns from strokes of the slice in view, and says how it stands", async () => {
  const { link, bench, viewer } = await bar();
  viewer.predictions.toggle();
  viewer.position.value = { z: 3, y: 0, x: 0 };
  fireEvent.click(button("Live"));
  expect(link.last("live_set").content).toEqual({ on: true, tomogram: "cell", z: 3 });
  expect(button("Live").getAttribute("aria-pressed")).toBe("true");
  expect(viewer.predictions.on.value).toBe(true); // what is found is meant to be seen
  const state = { on: true, learning: "", settled: false, seconds: 0, note: "Paint some of a feature." };
  await act(() => link.last("live_set").answer(state));
  expect(screen.getByText("Paint some of a feature.")).toBeTruthy();
  act(() => link.tell("live", { ...state, note: "", learning: HOSTILE }));
  expect(screen.getByText(`learning ${HOSTILE}…`)).toBeTruthy();
  act(() => link.tell("live", { ...state, note: "", settled: true, seconds: 0.5 }));
  expect(screen.queryByRole("status")).toBeNull();
  expect(button("Live").dataset.settled).toBe("true");
  fireEvent.click(button("Live"));
  expect(link.last("live_set").content).toEqual({ on: false });
  await act(() => link.last("live_set").refuse("no"));
  expect(bench.live.state.value.on).toBe(true);
});

test("without a feature the brush cannot be set", async () => {
  await bar({}, []);
  expect((screen.getByRole("slider", { name: "Brush size" }) as HTMLInputElement).disabled).toBe(true);
});

test("switches of the tools; some belong to one tool only", async () => {
  const { viewer } = await bar();
  viewer.contrast.value = [3, 9];
  for (const name of ["Sphere", "Fill", "Range"]) fireEvent.click(button(name));
  expect([viewer.tools.spherical.value, viewer.tools.fillClosed.value, viewer.tools.limited.value]).toEqual([
    true,
    true,
    true,
  ]);
  expect(viewer.tools.range.value).toEqual([3, 9]); // as is shown now
  expect(screen.queryByRole("button", { name: "Ais rule" })).toBeNull();
  act(() => {
    viewer.tools.tool.value = "flood";
  });
  fireEvent.click(button("Ais rule"));
  expect(viewer.tools.floodRule.value).toBe("relative");
  fireEvent.input(screen.getByRole("slider", { name: "Sensitivity" }), { target: { value: "80" } });
  expect(viewer.tomogram.value?.activeFeature?.settings.value.flood_sensitivity).toBe(80);
  act(() => {
    viewer.tools.tool.value = "lasso";
  });
  fireEvent.click(button("Copy prediction"));
  expect(viewer.tools.fromPrediction.value).toBe(true);
});

test("tools are taken by click and arrow; a stage has its own", async () => {
  const { viewer } = await opened();
  const { tool } = viewer.tools;
  const { rerender } = render(<ToolRail tool={tool} stage="annotate" />);
  expect(screen.getAllByRole("radio").map((one) => one.getAttribute("aria-label"))).toEqual([
    "Move",
    "Brush",
    "Erase",
    "Flood",
    "Lasso",
    "Box",
  ]);
  fireEvent.click(screen.getByRole("radio", { name: "Lasso" }));
  expect(tool.value).toBe("lasso");
  fireEvent.keyDown(screen.getByRole("radiogroup"), { key: "ArrowDown" });
  fireEvent.keyDown(screen.getByRole("radiogroup"), { key: "ArrowDown" });
  expect(tool.value).toBe("navigate");
  fireEvent.keyDown(screen.getByRole("radiogroup"), { key: "ArrowUp" });
  expect(tool.value).toBe("box");
  rerender(<ToolRail tool={tool} stage="export" />);
  expect(screen.getAllByRole("radio").map((one) => one.getAttribute("aria-label"))).toEqual([
    "Move",
    "Region",
  ]);
});

test("tabs are changed by click and arrow; a window of one stage has none", () => {
  const stages = stagesOf(["annotate", "models", "export"], "models");
  const { unmount } = render(<StageTabs stages={stages} />);
  const tab = (name: string) => screen.getByRole("tab", { name });
  expect(tab("Models").getAttribute("aria-selected")).toBe("true");
  fireEvent.click(tab("Export"));
  expect(stages.current.value).toBe("export");
  fireEvent.keyDown(screen.getByRole("tablist"), { key: "ArrowRight" });
  expect(stages.current.value).toBe("annotate");
  expect(document.activeElement).toBe(tab("Annotate"));
  fireEvent.keyDown(screen.getByRole("tablist"), { key: "ArrowLeft" });
  expect(stages.current.value).toBe("export");
  unmount();
  render(<StageTabs stages={stagesOf(["annotate"], "annotate")} />);
  expect(screen.queryByRole("tablist")).toBeNull();
});

test("the status bar goes through the slices and says what is under the cursor", async () => {
  const { viewer } = await opened();
  viewer.shownZ.value = 25;
  const { container } = render(<StatusBar view={viewer} />);
  expect(screen.getByText("25 / 49")).toBeTruthy();
  fireEvent.input(screen.getByRole("slider", { name: "Slice" }), { target: { value: "7" } });
  expect(viewer.position.value.z).toBe(7);
  const at = { z: 7, y: 2, x: 3 };
  const grey = () => container.querySelector(".ais-grey")?.textContent;
  for (const [value, exact, text] of [
    [12.345, true, "12.35"],
    [0.00123, true, "1.23e-3"],
    [200.4, false, "≈ 200"],
    [0, true, "0"],
    [Number.NaN, true, "–"],
  ] as const) {
    act(() => {
      viewer.hover.value = { at, value, exact };
    });
    expect(grey()).toBe(text);
  }
  act(() => {
    viewer.hover.value = null;
    viewer.camera.value = { x: 0, y: 0, scale: 1.5 };
  });
  expect(screen.getByText("150 %")).toBeTruthy();
});

test("without a tomogram there is no status", async () => {
  const { viewer } = await opened([]);
  const { container } = render(<StatusBar view={viewer} />);
  expect(container.textContent).toBe("");
});

test("the help lists mouse and keys, and closes", async () => {
  const { viewer } = await opened();
  const { container } = render(<HelpOverlay open={viewer.help} />);
  expect(container.textContent).toBe("");
  act(() => {
    viewer.help.value = true;
  });
  expect(container.querySelectorAll("dt")).toHaveLength(KEY_HELP.length + MOUSE_HELP.length);
  fireEvent.click(button("Close"));
  expect(viewer.help.value).toBe(false);
});

test("a prediction that is late or fails is said over the picture", async () => {
  const { viewer } = await opened();
  const { container } = render(<PredictionHint viewer={viewer} />);
  expect(container.textContent).toBe("");
  act(() => {
    viewer.predictions.late.value = true;
  });
  expect(screen.getByRole("status").textContent).toBe("Predicting…");
  act(() => {
    viewer.predictions.error.value = "out of memory";
  });
  expect(container.textContent).toBe("No prediction: out of memory");
});
