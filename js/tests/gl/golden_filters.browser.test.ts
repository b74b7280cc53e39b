// The shaders give the pictures that the desktop program gave; skipped where its samples are not beside the repository.

import golden from "virtual:golden-filters";
import { expect, test } from "vitest";
import { FilterChain } from "../../src/gl/filter_chain";
import { upload } from "../../src/gl/textures";
import { autocontrast, histogram, subsample } from "../../src/volume/statistics";
import { KINDS } from "./kinds";

test.skipIf(!golden).each(golden?.cases ?? [])("$file", (one) => {
  const gl = new OffscreenCanvas(16, 16).getContext("webgl2")!;
  const { width, height, values } = golden!.image;
  const source = upload(gl, null, "r32f", width, height, Float32Array.from(values));
  const filters = one.filters.map(({ type, param, weight }) => ({
    kind: KINDS[type],
    parameter: param,
    weight,
    enabled: true,
  }));
  const chain = new FilterChain(gl);
  const found = filters.length > 0 ? chain.read(chain.run(source, [1, 0], filters)) : values;
  const scale = Math.max(...one.result.map(Math.abs));
  const error = Math.max(...one.result.map((value, i) => Math.abs(found[i] - value)));
  expect(error).toBeLessThan(2e-6 * scale);
  const sample = subsample(width, height, (i) => one.result[i]);
  expect(autocontrast(sample)).toEqual(one.autocontrast);
  const { low, high, bins } = histogram(sample);
  expect([low, high]).toEqual(one.hist_bins_first_last);
  for (const [i, count] of one.hist_log_counts.entries()) expect(bins[i]).toBeCloseTo(count, 4);
  gl.getExtension("WEBGL_lose_context")!.loseContext();
});
