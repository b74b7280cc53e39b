// The whole picture on a fake kernel, in a real browser: what each plane shows, where it lies, and what becomes of it when
// sizes change, cross-sections are hidden or the graphics context is lost.
import { render } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeKernel } from "../../dev/fake_kernel";
import { PictureArea } from "../../src/apps/picture";
import { AXES, type Axis, type Shape } from "../../src/geometry/axis";
import { placeOf, planeSize, voxelAt } from "../../src/geometry/plane";
import { Actions } from "../../src/state/actions";
import { ModelState } from "../../src/state/model_set";
import { Viewer } from "../../src/state/viewer";
import { Workbench } from "../../src/state/workbench";
import { model } from "../state/model_list";
import "../../src/styles/index.css";

/** Flat enough to fit into the cross-sections. */
const SHAPE: [number, number, number] = [8, 30, 40];
const LABELS: Record<Axis, string> = { z: "Slice view", y: "XZ view", x: "YZ view" };
/** Symmetric in no plane. */
const grey = (z: number, y: number, x: number) =>
  z > 2 && y > 12 && x > 25 ? 250 : z < 6 && y < 9 ? 120 : 20;
const AT = { z: 4, y: 15, x: 30 };

let host: HTMLElement;
let bench: Workbench;
let viewer: Viewer;
let actions: Actions;

async function frames(count = 6): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((done) => requestAnimationFrame(done));
}

beforeEach(async () => {
  host = document.createElement("div");
  host.style.cssText = "width: 700px; height: 500px; display: grid; grid-template-areas: 'views'";
  document.body.append(host);
  const kernel = new FakeKernel([{ name: "a", shape: SHAPE, voxelSize: 10, value: grey }]);
  bench = new Workbench(kernel.connect());
  viewer = new Viewer(bench.tomograms, bench.models, bench.exports);
  actions = new Actions(viewer);
  await bench.tomograms.open();
  viewer.show(bench.tomograms.all.peek()[0]);
  viewer.position.value = AT;
  viewer.contrast.value = [0, 255];
  viewer.interpolate.value = false;
  render(<PictureArea viewer={viewer} actions={actions} />, host);
  await settled();
});

afterEach(() => {
  render(null, host);
  host.remove();
  viewer.close();
  bench.close();
});

/** The cross-sections follow after a moment. */
async function settled(): Promise<void> {
  await new Promise((done) => setTimeout(done, 200));
  await frames();
}

function picture(): HTMLCanvasElement {
  return host.querySelector(".ais-picture")!;
}

function surface(axis: Axis): HTMLCanvasElement {
  return host.querySelector(`[aria-label="${LABELS[axis]}"]`)!;
}

/** Colour of the picture at a place on the page. */
function colourAt(left: number, top: number): number[] {
  const canvas = picture();
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  const gl = canvas.getContext("webgl2")!;
  const rgba = new Uint8Array(4);
  const [x, y] = [Math.floor((left - box.left) * ratio), Math.floor((box.bottom - top) * ratio)];
  gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  return [...rgba.slice(0, 3)];
}

/** Page position of the middle of a pixel of a plane, while the main view is fitted and the volume fits into all. */
function pageOf(axis: Axis, column: number, row: number): [number, number] {
  const main = surface("z").getBoundingClientRect();
  const scale = Math.min(main.width / SHAPE[2], main.height / SHAPE[1]) * 0.97;
  const box = surface(axis).getBoundingClientRect();
  const { width, height } = planeSize(axis, SHAPE as Shape);
  return [
    box.left + box.width / 2 + (column + 0.5 - width / 2) * scale,
    box.top + box.height / 2 - (row + 0.5 - height / 2) * scale,
  ];
}

function inside(axis: Axis, [left, top]: [number, number]): boolean {
  const box = surface(axis).getBoundingClientRect();
  return left > box.left + 1 && left < box.right - 1 && top > box.top + 1 && top < box.bottom - 1;
}

/** Compares each visible pixel of a plane with the volume; returns how many there were. */
function compare(axis: Axis): number {
  const { width, height } = planeSize(axis, SHAPE as Shape);
  let seen = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const place = pageOf(axis, column, row);
      if (!inside(axis, place)) continue;
      seen++;
      const { z, y, x } = voxelAt(axis, viewer.position.peek()[axis], { column, row });
      const [red] = colourAt(...place);
      if (Math.abs(red - grey(z, y, x)) > 2)
        throw new Error(`${axis}: ${red} instead of ${grey(z, y, x)} at column ${column}, row ${row}`);
    }
  return seen;
}

test.each(AXES)("the plane across %s shows the volume's voxels in their places", (axis) => {
  const { width, height } = planeSize(axis, SHAPE as Shape);
  expect(compare(axis)).toBe(width * height);
});

test("between the planes is the colour of the gap, and around the image that of the background", () => {
  const main = surface("z").getBoundingClientRect();
  expect(colourAt(main.right + 1, main.top + 20)).toEqual([36, 38, 43]);
  expect(colourAt(main.left + 2, main.top + 2)).toEqual([19, 20, 23]);
});

test("after a change of size every plane is right again", async () => {
  host.style.width = "520px";
  host.style.height = "430px";
  await settled();
  const { width, height } = picture().getBoundingClientRect();
  expect([picture().width, picture().height]).toEqual([
    Math.round(width * devicePixelRatio),
    Math.round(height * devicePixelRatio),
  ]);
  for (const axis of AXES) {
    const box = surface(axis).getBoundingClientRect();
    expect(Math.abs(surface(axis).width - box.width * devicePixelRatio)).toBeLessThanOrEqual(1);
    expect(compare(axis)).toBeGreaterThan(200);
  }
});

test("without cross-sections the slice fills the picture, and they come back", async () => {
  viewer.ortho.value = false;
  await settled();
  const whole = picture().getBoundingClientRect();
  const main = surface("z").getBoundingClientRect();
  expect([main.width, main.height]).toEqual([whole.width, whole.height]);
  expect(surface("x").getBoundingClientRect().width).toBe(0);
  expect(compare("z")).toBe(SHAPE[1] * SHAPE[2]);
  viewer.ortho.value = true;
  await settled();
  for (const axis of AXES) expect(compare(axis)).toBeGreaterThan(200);
});

test("a lost graphics context is reported, and everything is drawn again when it comes back", async () => {
  const lose = picture().getContext("webgl2")!.getExtension("WEBGL_lose_context")!;
  lose.loseContext();
  await settled();
  expect(host.textContent).toContain("graphics");
  viewer.goTo("z", 3);
  lose.restoreContext();
  await settled();
  for (const axis of AXES) expect(compare(axis)).toBeGreaterThan(200);
});

test("where both are shown the annotation is an outline and the prediction is filled, or the other way round", async () => {
  const { tomogram } = viewer;
  viewer.predictions.on.value = false; // nothing is asked of the kernel
  bench.models.models.value = [new ModelState(model("m", { color: [1, 0, 0], alpha: 1 }))];
  const pixels = new Uint8Array(SHAPE[1] * SHAPE[2]).fill(200, 0, 20 * SHAPE[2]);
  const layers = [{ model: "m", pixels, note: "" }];
  const feature = actions.addFeature({ title: "a", color: [0, 1, 0] })!;
  const mask = new Uint8Array(SHAPE[1] * SHAPE[2]);
  for (let y = 10; y < 26; y++) mask.fill(1, y * SHAPE[2] + 5, y * SHAPE[2] + 20);
  feature.masks.set(AT.z, mask);
  await settled();
  const colours = () => ({
    both: colourAt(...pageOf("z", 12, 15)),
    drawn: colourAt(...pageOf("z", 12, 23)),
    predicted: colourAt(...pageOf("z", 30, 5)),
    edge: colourAt(pageOf("z", 12, 25)[0], pageOf("z", 12, 25.5)[1] + 1),
  });
  const red = [255, 0, 0];
  const alone = colours();
  expect(alone.drawn[1]).toBeGreaterThan(100);
  expect(alone.predicted).toEqual([120, 120, 120]);
  viewer.predictions.shown.value = {
    tomogram: tomogram.peek()!.uid,
    z: AT.z,
    width: SHAPE[2],
    height: SHAPE[1],
    layers,
  };
  await settled();
  const filled = colours();
  expect([filled.both, filled.predicted]).toEqual([red, red]);
  expect(filled.drawn).toEqual([20, 20, 20]);
  expect(filled.edge).toEqual([0, 255, 0]);
  viewer.swapped.value = true;
  await settled();
  const swapped = colours();
  expect(swapped.predicted).toEqual([120, 120, 120]);
  expect(swapped.drawn).toEqual(alone.drawn);
});

test("a prediction that nowhere passes its threshold says so over the picture", async () => {
  viewer.predictions.on.value = false;
  const state = new ModelState(model("m", { threshold: 0.5 }));
  bench.models.models.value = [state];
  const pixels = new Uint8Array(SHAPE[1] * SHAPE[2]).fill(79);
  const shown = { tomogram: viewer.tomogram.peek()!.uid, z: AT.z, width: SHAPE[2], height: SHAPE[1] };
  viewer.predictions.shown.value = { ...shown, layers: [{ model: "m", pixels, note: "" }] };
  await frames();
  expect(host.querySelector("[role=status]")?.textContent).toBe("Nothing above 0.50, highest 0.31");
  state.values.value = { ...state.values.peek(), threshold: 0.3 };
  await frames();
  expect(host.querySelector("[role=status]")).toBeNull();
});

test("each plane has a name for screen readers and takes the keyboard", () => {
  for (const axis of AXES) {
    surface(axis).focus();
    expect(document.activeElement).toBe(surface(axis));
    expect(surface(axis).getAttribute("role")).toBe("img");
  }
  expect(picture().getAttribute("aria-hidden")).toBe("true");
});

test("lines of the cursor cross where the planes meet", () => {
  for (const axis of AXES) {
    const canvas = surface(axis);
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const alpha = (x: number, y: number) => data[4 * (Math.floor(y) * canvas.width + Math.floor(x)) + 3];
    const { column, row } = placeOf(axis, AT);
    const [left, top] = pageOf(axis, column, row);
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(left - box.left) * devicePixelRatio, (top - box.top) * devicePixelRatio];
    const near = (at: (d: number) => number) => Math.max(...[-2, -1, 0, 1, 2].map(at));
    expect(near((d) => alpha(x + d, 3))).toBeGreaterThan(50);
    expect(near((d) => alpha(3, y + d))).toBeGreaterThan(50);
  }
});

test("a wheel over a plane turns its slices and draws them", async () => {
  for (const axis of AXES) {
    const before = viewer.position.peek()[axis];
    surface(axis).dispatchEvent(new WheelEvent("wheel", { deltaY: 100, bubbles: true, cancelable: true }));
    expect(viewer.position.peek()[axis]).toBe(before + 1);
  }
  await settled();
  for (const axis of AXES) expect(compare(axis)).toBeGreaterThan(200);
});

test("a closed picture gives its graphics context back", async () => {
  const gl = picture().getContext("webgl2")!;
  render(null, host);
  await frames();
  expect(gl.isContextLost()).toBe(true);
});
