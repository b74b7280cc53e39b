// The library of architectures is fetched once; what failed may be asked for again.
import { expect, test, vi } from "vitest";
import { Architectures } from "../../src/state/architectures";

const FACTS = { parameters: 1000, receptive_field: 27, size_multiple: 8, depth_multiple: 1 };

test("the list and the facts of each are asked for once, however many views ask", async () => {
  const ask = vi.fn(async (kind: string) => ({
    content: kind === "architectures" ? { architectures: [{ title: "Tiny" }] } : { facts: FACTS },
    buffers: [],
  }));
  const architectures = new Architectures(ask as never);
  await Promise.all([architectures.open(), architectures.open(), architectures.look("Tiny")]);
  await architectures.look("Tiny");
  expect(architectures.all.value).toEqual([{ title: "Tiny" }]);
  expect(architectures.facts.value).toEqual({ Tiny: FACTS });
  expect(ask).toHaveBeenCalledTimes(2);
});

test("what the kernel could not answer is asked for again", async () => {
  let answers = false;
  const ask = vi.fn(async () => (answers ? { content: { facts: null }, buffers: [] } : null));
  const architectures = new Architectures(ask as never);
  await architectures.look("Own");
  expect(architectures.facts.value).toEqual({});
  answers = true;
  await architectures.look("Own");
  expect(architectures.facts.value).toEqual({ Own: null });
});
