// What is drawn where: orientation, contrast, labels; read back as pixels.
import { afterEach, beforeEach, expect, test } from "vitest";
import { PlaneRenderer, type PlaneScene } from "../../src/gl/plane_renderer";
import { kindOf, upload, uploadPart } from "../../src/gl/textures";

const SIZE = 8;
const WHOLE = { x: 0, y: 0, width: SIZE * 10, height: SIZE * 10 };
let gl: WebGL2RenderingContext;
let renderer: PlaneRenderer;
beforeEach(() => {
  gl = new OffscreenCanvas(SIZE * 10, SIZE * 10).getContext("webgl2", { preserveDrawingBuffer: true })!;
  renderer = new PlaneRenderer(gl);
});
afterEach(() => gl.getExtension("WEBGL_lose_context")!.loseContext());

function scene(pixels: Uint8Array | Float32Array | Uint16Array, more: Partial<PlaneScene> = {}): PlaneScene {
  const texture = upload(gl, null, kindOf(pixels), SIZE, SIZE, pixels);
  const camera = { centerX: SIZE / 2, centerY: SIZE / 2, scaleX: 10, scaleY: 10 };
  const image = {
    texture,
    decode: [255, 0],
    limits: [0, 255],
    smooth: false,
    width: SIZE,
    height: SIZE,
  } as const;
  return { camera, image, found: [], labels: [], background: [0, 0, 0], ...more };
}

/** Colour at the middle of an image pixel. */
function at(x: number, y: number): number[] {
  const rgba = new Uint8Array(4);
  gl.readPixels(x * 10 + 5, y * 10 + 5, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  return [...rgba];
}

test("row 0 is at the bottom and column 0 at the left", () => {
  const pixels = new Uint8Array(SIZE * SIZE);
  pixels[1 * SIZE + 6] = 200;
  renderer.draw(scene(pixels), WHOLE);
  expect(at(6, 1)).toEqual([200, 200, 200, 255]);
  expect(at(6, 6)).toEqual([0, 0, 0, 255]);
});

test("limits map grey values, swapped ones invert", () => {
  const pixels = new Uint8Array(SIZE * SIZE).fill(100);
  const shown = scene(pixels);
  renderer.draw({ ...shown, image: { ...shown.image!, limits: [50, 150] } }, WHOLE);
  expect(at(3, 3)[0]).toBeCloseTo(127.5, -1);
  renderer.draw({ ...shown, image: { ...shown.image!, limits: [100, 0] } }, WHOLE);
  expect(at(3, 3)[0]).toBe(0);
});

test("half and single precision slices are drawn", () => {
  const single = scene(new Float32Array(SIZE * SIZE).fill(1));
  renderer.draw(single, WHOLE);
  expect(at(0, 0)[0]).toBe(255);
  const half = scene(new Uint16Array(SIZE * SIZE).fill(0x3800)); // 0.5
  renderer.draw(half, WHOLE);
  expect(at(0, 0)[0]).toBeGreaterThan(126);
  expect(at(0, 0)[0]).toBeLessThan(129);
});

test("labels have an edge, a tint inside and nothing outside; part uploads change them", () => {
  const bits = new Uint8Array(SIZE * SIZE);
  for (let y = 2; y < 6; y++) for (let x = 2; x < 6; x++) bits[y * SIZE + x] = 2;
  const texture = upload(gl, null, "r8ui", SIZE, SIZE, bits);
  const colors = new Float32Array(32);
  colors.set([1, 0, 0, 1], 4);
  const labels = [{ texture, colors, filled: 2, rect: [2, 2, 6, 6] as const }];
  const shown = scene(new Uint8Array(SIZE * SIZE), { labels });
  renderer.draw(shown, WHOLE);
  expect(at(1, 3)).toEqual([0, 0, 0, 255]);
  const inside = at(4, 4)[0];
  expect(inside).toBeGreaterThan(90);
  expect(inside).toBeLessThan(125);
  const edge = new Uint8Array(4);
  gl.readPixels(20, 40, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, edge);
  expect(edge[0]).toBe(255);
  bits.fill(0);
  uploadPart(gl, texture, bits, [3, 3, 5, 5]);
  renderer.draw(shown, WHOLE);
  expect(at(4, 4)[0]).toBe(0);
  expect(at(2, 2)[0]).toBeGreaterThan(0);
});

test("a plane is drawn into its part of the canvas and leaves the rest alone", () => {
  renderer.draw(scene(new Uint8Array(SIZE * SIZE).fill(60)), WHOLE);
  const pixels = new Uint8Array(SIZE * SIZE).fill(120);
  pixels[1 * SIZE + 6] = 200;
  const half = { ...scene(pixels), camera: { centerX: 4, centerY: 4, scaleX: 5, scaleY: 5 } };
  renderer.draw(half, { x: 40, y: 40, width: 40, height: 40 });
  const pixel = (x: number, y: number) => {
    const rgba = new Uint8Array(4);
    gl.readPixels(40 + x * 5 + 2, 40 + y * 5 + 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    return rgba[0];
  };
  expect([pixel(6, 1), pixel(6, 6), pixel(0, 0), pixel(7, 7)]).toEqual([200, 120, 120, 120]);
  expect([at(3, 7)[0], at(7, 3)[0], at(3, 3)[0]]).toEqual([60, 60, 60]);
  // Larger than its part: nothing of it reaches beyond.
  renderer.draw(scene(pixels), { x: 40, y: 40, width: 40, height: 40 });
  expect([at(3, 7)[0], at(7, 3)[0], at(3, 3)[0]]).toEqual([60, 60, 60]);
});

test("predictions are one colour above their threshold; painted over the slice, or blended with it", () => {
  const levels = new Uint8Array(SIZE * SIZE).fill(102); // 0.4
  levels.fill(204, 0, (SIZE / 2) * SIZE); // 0.8 in the lower half
  const texture = upload(gl, null, "r8", SIZE, SIZE, levels);
  const grey = new Uint8Array(SIZE * SIZE).fill(100);
  const draw = (threshold: number, alpha: number, multiplied: boolean) => {
    const tint = [1, 0.5, 0, alpha] as const;
    const layer = { texture, tint, threshold, multiplied, outlined: false, width: SIZE, height: SIZE };
    renderer.draw(scene(grey, { found: [layer] }), WHOLE);
    return { low: at(3, 6), high: at(3, 1) };
  };
  expect(draw(0.5, 1, false)).toEqual({ low: [100, 100, 100, 255], high: [255, 128, 0, 255] });
  expect(draw(0.9, 1, false).high).toEqual([100, 100, 100, 255]);
  expect(draw(102 / 255, 1, false).low).toEqual([100, 100, 100, 255]); // strictly above, as in what is copied
  const half = draw(0.5, 0.5, false).high;
  expect(half[0]).toBeCloseTo(178, -1);
  expect(half[2]).toBeCloseTo(50, -1);
  const blended = draw(0.5, 1, true);
  expect(blended.high).toEqual([200, 150, 100, 255]);
  expect(blended.low).toEqual([100, 100, 100, 255]);
});

test("the outline of a prediction is drawn without its inside", () => {
  const levels = new Uint8Array(SIZE * SIZE);
  for (let y = 1; y < 7; y++) levels.fill(255, y * SIZE + 1, y * SIZE + 7);
  const texture = upload(gl, null, "r8", SIZE, SIZE, levels);
  const layer = { texture, tint: [1, 0, 0, 1], threshold: 0.5, multiplied: false, outlined: true } as const;
  const found = [{ ...layer, width: SIZE, height: SIZE }];
  renderer.draw(scene(new Uint8Array(SIZE * SIZE), { found }), WHOLE);
  expect(at(4, 4)).toEqual([0, 0, 0, 255]);
  expect(at(0, 4)).toEqual([0, 0, 0, 255]);
  const row = new Uint8Array(4 * SIZE * 10);
  gl.readPixels(0, 40, SIZE * 10, 1, gl.RGBA, gl.UNSIGNED_BYTE, row);
  const red = Array.from({ length: SIZE * 10 }, (_, i) => row[4 * i] > 200);
  expect(red.indexOf(true)).toBeGreaterThan(4);
  expect(red.indexOf(true)).toBeLessThan(16);
  expect(red.filter(Boolean).length).toBeLessThan(12);
  expect(red.filter(Boolean).length).toBeGreaterThan(1);
});
