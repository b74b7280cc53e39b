// Keys of the annotator: what they do on the picture, and that they leave fields alone.
import { afterEach, beforeEach, expect, test } from "vitest";
import { StageFollower } from "../../src/apps/follow_stage";
import { handleKey } from "../../src/apps/keys";
import { Window } from "./window";

let window: Window;
let surface: HTMLCanvasElement;
beforeEach(async () => {
  window = new Window();
  await window.open();
  window.actions.addFeature();
  document.body.innerHTML = '<canvas></canvas><input type="text"><input type="range"><button></button>';
  surface = document.querySelector("canvas")!;
});
afterEach(() => window.close());

function press(key: string, more: KeyboardEventInit = {}, on: Element = surface): boolean {
  let handled = false;
  const listen = (event: Event) => {
    handled = handleKey(event as KeyboardEvent, window.viewer, window.actions);
  };
  document.body.addEventListener("keydown", listen, { once: true });
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return handled;
}

test("letters take the tools", () => {
  const taken = [..."vbelf"].map((key) => press(key) && window.viewer.tools.tool.peek());
  expect(taken).toEqual(["navigate", "brush", "erase", "lasso", "flood"]);
  press("f");
  expect(window.viewer.tools.tool.peek()).toBe("brush");
});

test("letters take no tool that the stage lacks", () => {
  new StageFollower(window.viewer).enter("export");
  expect(window.viewer.tools.tool.peek()).toBe("navigate");
  expect([..."belf"].map((key) => press(key))).toEqual([false, false, false, false]);
  expect(window.viewer.tools.tool.peek()).toBe("navigate");
  new StageFollower(window.viewer).enter("annotate");
  expect(press("e")).toBe(true);
});

test("arrows turn slices and tomograms", () => {
  press("ArrowRight");
  press("ArrowRight", { shiftKey: true });
  press("ArrowLeft");
  expect(window.viewer.position.peek().z).toBe(10);
  press("ArrowDown");
  expect(window.viewer.tomogram.peek()?.info.peek().name).toBe("b");
  press("ArrowDown");
  press("ArrowUp");
  expect(window.viewer.tomogram.peek()?.info.peek().name).toBe("a");
});

test("what is shown is switched", () => {
  const { viewer } = window;
  const switches = {
    a: viewer.autocontrast,
    i: viewer.inverted,
    o: viewer.swapped,
    "?": viewer.help,
  };
  for (const [key, signal] of Object.entries(switches)) {
    expect([press(key), signal.peek()]).toEqual([true, true]);
    expect([press(key), signal.peek()]).toEqual([true, false]);
  }
  press("i", { shiftKey: true });
  expect(viewer.interpolate.peek()).toBe(false);
  viewer.camera.value = { x: 0, y: 0, scale: 9 };
  press(" ");
  expect(viewer.camera.peek()).toBeNull();
});

test("the feature is shown, filled, resized and undone", () => {
  const settings = () => window.feature.settings.peek();
  press("x");
  expect(settings().visible).toBe(false);
  press("f", { shiftKey: true });
  expect(settings().filled).toBe(false);
  press("]");
  press("[");
  press("[");
  expect(settings().brush_radius).toBe(9);
  press("=");
  expect(settings().flood_sensitivity).toBe(55);
  press("z", { ctrlKey: true });
  expect(settings().visible).toBe(true);
  press("z", { ctrlKey: true, shiftKey: true });
  expect(settings().visible).toBe(false);
});

test("letters that are typed, and arrows on a slider, stay with the field", () => {
  const [text, slider] = document.querySelectorAll("input");
  expect(press("b", {}, text)).toBe(false);
  expect(press("ArrowRight", {}, slider)).toBe(false);
  expect(press(" ", {}, document.querySelector("button")!)).toBe(false);
  expect(press("q")).toBe(false);
});
