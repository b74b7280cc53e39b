import { expect, test } from "vitest";
import { ByteCache } from "../../src/volume/byte_cache";

const cache = (inUse?: (key: string) => boolean) => new ByteCache<number>(100, (bytes) => bytes, inUse);

test("what was not asked for for longest goes first", () => {
  const kept = cache();
  for (const key of ["a", "b", "c"]) kept.put(key, 30);
  kept.get("a");
  kept.put("d", 30);
  expect(["a", "b", "c", "d"].filter((key) => kept.has(key))).toEqual(["a", "c", "d"]);
  expect(kept.bytes).toBe(90);
});

test("replacing counts once, and outdated items go", () => {
  const kept = cache();
  kept.put("a", 30);
  kept.put("a", 50);
  kept.put("b", 20);
  expect(kept.bytes).toBe(70);
  kept.forget((_, bytes) => bytes === 50);
  expect([kept.has("a"), kept.has("b"), kept.bytes]).toEqual([false, true, 20]);
});

test("what is on the screen stays although it is more than the budget", () => {
  const shown = new Set(["a", "b"]);
  const kept = cache((key) => shown.has(key));
  kept.put("a", 80);
  kept.put("b", 80);
  expect([kept.has("a"), kept.has("b")]).toEqual([true, true]);
  shown.clear();
  kept.put("c", 10);
  expect([kept.has("a"), kept.has("b"), kept.has("c")]).toEqual([false, true, true]);
});
