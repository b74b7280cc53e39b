import { expect, test } from "vitest";
import type { Slice, SliceKey } from "../../src/volume/slice";
import { SliceLoader } from "../../src/volume/slice_loader";

test("slices beyond the end are never asked for, whatever other views show", async () => {
  const asked: SliceKey[] = [];
  const fetch = async (key: SliceKey): Promise<Slice> => {
    asked.push(key);
    return { pixels: new Uint8Array(4), width: 2, height: 2, step: 1, decode: [1, 0] } as unknown as Slice;
  };
  const loader = new SliceLoader(fetch, () => {});
  loader.show("z", { tomogram: "d", axis: "z", index: 5 }, 8, 4);
  loader.show("y", { tomogram: "d", axis: "y", index: 50 }, 100, 4);
  loader.show("x", { tomogram: "d", axis: "x", index: 50 }, 100, 4);
  await new Promise((done) => setTimeout(done, 50));
  loader.close();
  const numbers = asked.filter((key) => key.axis === "z").map((key) => key.index);
  expect(numbers).toContain(7);
  expect(Math.max(...numbers)).toBe(7);
  expect(asked.filter((key) => key.axis !== "z").map((key) => key.index)).toEqual([50, 50]);
});

test("neighbours wait until the visible slice is drawn, steady scrolling does not put them off", async () => {
  const asked: number[] = [];
  const fetch = async (key: SliceKey): Promise<Slice> => {
    asked.push(key.index);
    return { pixels: new Uint8Array(4), width: 2, height: 2, step: 1, decode: [1, 0] } as unknown as Slice;
  };
  const drawn: (() => void)[] = [];
  const loader = new SliceLoader(fetch, () => {}, { ahead: 2, whenDrawn: (then) => drawn.push(then) });
  const settle = () => new Promise((done) => setTimeout(done, 5));
  const key = (index: number): SliceKey => ({ tomogram: "d", axis: "z", index });
  loader.show("z", key(5), 20, 4);
  await settle();
  expect(asked).toEqual([5]);
  loader.show("z", key(6), 20, 4);
  await settle();
  expect(asked).toEqual([5, 6]);
  expect(drawn.length).toBe(1);
  drawn[0]();
  await settle();
  expect(asked).toContain(7);
  loader.close();
});
