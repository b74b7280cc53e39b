// The shaders compute the numbers of the Python reference, in a real browser.
import { afterEach, beforeEach, expect, test } from "vitest";
import cases from "../../../tests/cases/filters.json";
import { FilterChain } from "../../src/gl/filter_chain";
import { upload } from "../../src/gl/textures";
import { KINDS } from "./kinds";

interface Case {
  filters: { kind: string; parameter?: number; weight?: number; enabled?: boolean }[];
  result: number[][];
}

let gl: WebGL2RenderingContext;
beforeEach(() => {
  gl = new OffscreenCanvas(16, 16).getContext("webgl2")!;
});
afterEach(() => gl.getExtension("WEBGL_lose_context")!.loseContext());

const [{ image }, ...all] = cases as unknown as [{ image: number[][] }, ...Case[]];
const pixels = Float32Array.from(image.flat());
const [height, width] = [image.length, image[0].length];

test.each(all)("filters $filters", ({ filters, result }) => {
  const chain = new FilterChain(gl);
  expect(chain.supported).toBe(true);
  const source = upload(gl, null, "r32f", width, height, pixels);
  const list = filters.map(({ kind, parameter = 1, weight = 1, enabled = true }) => ({
    kind: KINDS[kind],
    parameter,
    weight,
    enabled,
  }));
  const used = list.filter((filter) => filter.enabled);
  const found = chain.read(chain.run(source, [1, 0], used));
  const largest = Math.max(...Array.from(found, (value, i) => Math.abs(value - result.flat()[i])));
  expect(largest).toBeLessThan(2e-3); // the cases are written with four decimals, values reach 400
});

test("eight-bit slices are filtered as the values that they stand for", () => {
  const chain = new FilterChain(gl);
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);
  const source = upload(gl, null, "r8", 8, 8, bytes);
  const one = chain.read(
    chain.run(source, [510, -3], [{ kind: "box", parameter: 0, weight: 1, enabled: true }]),
  );
  for (const [i, byte] of bytes.entries()) expect(one[i]).toBeCloseTo((byte / 255) * 510 - 3, 3);
});
