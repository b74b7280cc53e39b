// How grey values are shown: histogram, limits, switches, filters.
import { act, fireEvent, render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import { DisplayPanel } from "../../src/panels/display_panel";
import { opened } from "../helpers/opened";

async function show() {
  const { viewer } = await opened();
  viewer.histogram.value = { low: 0, high: 100, bins: [1, 3, 2] };
  viewer.contrast.value = [20, 80];
  render(<DisplayPanel view={viewer} paint={viewer.tools} />);
  return viewer;
}

const slide = (name: string, value: string) =>
  fireEvent.input(screen.getByRole("slider", { name }), { target: { value } });

test("the limits are set with sliders, do not pass each other, and end automatic contrast", async () => {
  const viewer = await show();
  viewer.autocontrast.value = true;
  slide("Black level", "30");
  expect(viewer.contrast.value).toEqual([30, 80]);
  expect(viewer.autocontrast.value).toBe(false);
  slide("White level", "10");
  expect(viewer.contrast.value?.[1]).toBeCloseTo(30.2);
  fireEvent.click(screen.getByRole("button", { name: "Autocontrast" }));
  expect(viewer.contrast.value).toBeNull();
});

test("the nearer limit is dragged in the histogram", async () => {
  const viewer = await show();
  const histogram = screen.getByRole("img", { name: "Histogram" });
  histogram.getBoundingClientRect = () => ({ left: 0, width: 100 }) as DOMRect;
  histogram.setPointerCapture = () => {};
  fireEvent.pointerDown(histogram, { clientX: 25, pointerId: 1 });
  expect(viewer.contrast.value).toEqual([25, 80]);
  fireEvent.pointerMove(histogram, { clientX: 40, pointerId: 1 });
  expect(viewer.contrast.value).toEqual([40, 80]);
  fireEvent.pointerUp(histogram, { pointerId: 1 });
  fireEvent.pointerMove(histogram, { clientX: 60, pointerId: 1 });
  expect(viewer.contrast.value).toEqual([40, 80]);
  fireEvent.pointerDown(histogram, { clientX: 90, pointerId: 1 });
  expect(viewer.contrast.value).toEqual([40, 90]);
});

test("the range that may be painted has sliders of its own while painting is limited", async () => {
  const viewer = await show();
  expect(screen.queryByRole("slider", { name: "Paint from grey value" })).toBeNull();
  act(() => {
    viewer.tools.range.value = [10, 50];
    viewer.tools.limited.value = true;
  });
  slide("Paint to grey value", "60");
  expect(viewer.tools.range.value).toEqual([10, 60]);
});

test("before a slice has arrived there is no histogram", async () => {
  const { viewer } = await opened();
  render(<DisplayPanel view={viewer} paint={viewer.tools} />);
  expect(screen.queryByRole("img", { name: "Histogram" })).toBeNull();
});

test("switches", async () => {
  const viewer = await show();
  for (const name of ["Auto", "Invert", "Smooth"]) fireEvent.click(screen.getByRole("checkbox", { name }));
  expect([viewer.autocontrast.value, viewer.inverted.value, viewer.interpolate.value]).toEqual([
    true,
    true,
    false,
  ]);
});

test("filters are added, set, switched off and removed", async () => {
  const viewer = await show();
  const add = screen.getByRole("combobox", { name: "Add a filter" }) as HTMLSelectElement;
  add.value = "box";
  fireEvent.change(add);
  add.value = "sobel_vertical";
  fireEvent.change(add);
  expect(viewer.filters.value.map(({ kind, parameter }) => [kind, parameter])).toEqual([
    ["box", 2],
    ["sobel_vertical", 1],
  ]);
  slide("Box blur half-width", "4");
  slide("Sobel vertical weight", "-0.5");
  fireEvent.click(screen.getByRole("checkbox", { name: "Use Box blur" }));
  expect(viewer.filters.value).toEqual([
    { kind: "box", parameter: 4, weight: 1, enabled: false },
    { kind: "sobel_vertical", parameter: 1, weight: -0.5, enabled: true },
  ]);
  fireEvent.click(screen.getByRole("button", { name: "Remove Box blur" }));
  expect(viewer.filters.value.map(({ kind }) => kind)).toEqual(["sobel_vertical"]);
});
