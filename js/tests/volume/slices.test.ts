import { expect, test, vi } from "vitest";
import { type Slice, type SliceKey, storedValue, valueAt, values } from "../../src/volume/slice";
import { SliceCache } from "../../src/volume/slice_cache";
import { SliceLoader } from "../../src/volume/slice_loader";
import { autocontrast, firstContrast, histogram, subsample } from "../../src/volume/statistics";

const key = (index: number): SliceKey => ({ tomogram: "d", axis: "z", index });
const slice = (bytes = 100, step = 1): Slice => ({
  pixels: new Uint8Array(bytes),
  width: 10,
  height: bytes / 10,
  decode: [1, 0],
  step,
});

test("the cache keeps to its budget and lets the oldest go", () => {
  const cache = new SliceCache(350);
  for (let i = 0; i < 3; i++) cache.put(key(i), slice());
  cache.get(key(0));
  cache.put(key(3), slice());
  expect([0, 1, 2, 3].map((i) => cache.has(key(i)))).toEqual([true, false, true, true]);
  expect(cache.bytes).toBe(300);
  cache.forget("d");
  expect(cache.bytes).toBe(0);
});

interface Asked {
  index: number;
  step: number;
  signal: AbortSignal;
  answer(): void;
}

function loader(options = {}) {
  const asked: Asked[] = [];
  const arrived: number[] = [];
  const made = new SliceLoader(
    (wanted, step, signal) =>
      new Promise((resolve, reject) => {
        asked.push({ index: wanted.index, step, signal, answer: () => resolve(slice(100, step)) });
        signal.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
      }),
    (wanted, found) => found && arrived.push(wanted.index),
    options,
  );
  return { made, asked, arrived };
}

test("the visible slice is asked for first, then neighbours in the direction of travel", async () => {
  const { made, asked } = loader({ ahead: 3 });
  made.show("z", key(10), 50, 100);
  asked[0].answer();
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(2));
  expect(asked[0].index).toBe(10);
  made.show("z", key(9), 50, 100);
  for (const one of asked) one.answer();
  await vi.waitFor(() => expect(asked.some((a) => a.index === 7 || a.index === 8)).toBe(true));
});

test("what has scrolled by is withdrawn", async () => {
  const { made, asked } = loader({ ahead: 2 });
  made.show("z", key(10), 100, 100);
  made.show("z", key(60), 100, 100);
  expect(asked.find((a) => a.index === 10)!.signal.aborted).toBe(true);
  expect(asked.find((a) => a.index === 60)!.signal.aborted).toBe(false);
});

test("a slice whose answer was lost is asked for again, with ever more patience", async () => {
  vi.useFakeTimers();
  const { made, asked, arrived } = loader({ ahead: 0, deadline: 1000 });
  made.show("z", key(3), 100, 100);
  await vi.advanceTimersByTimeAsync(1100);
  expect(asked.map((one) => [one.index, one.signal.aborted])).toEqual([
    [3, true],
    [3, false],
  ]);
  await vi.advanceTimersByTimeAsync(1500);
  expect(asked.length).toBe(2);
  asked[1].answer();
  await vi.advanceTimersByTimeAsync(5000);
  expect(arrived).toEqual([3]);
  expect(asked.length).toBe(2);
  vi.useRealTimers();
});

test("over a slow link a coarse slice comes first", async () => {
  const { made, asked, arrived } = loader({ ahead: 0, patience: 0 });
  made.show("z", key(1), 100, 100);
  asked[0].answer();
  await vi.waitFor(() => expect(arrived).toEqual([1]));
  made.show("z", key(2), 100, 100);
  await vi.waitFor(() => expect(asked.length).toBe(2));
  expect(asked[1].step).toBe(4);
  asked[1].answer();
  await vi.waitFor(() => expect(asked.length).toBe(3));
  expect([asked[2].index, asked[2].step]).toEqual([2, 1]);
});

test("grey values come back from each way of sending them", () => {
  const eight: Slice = { ...slice(), pixels: Uint8Array.of(0, 255), decode: [10, -5] };
  expect([storedValue(eight, 0), storedValue(eight, 1)]).toEqual([-5, 5]);
  const half: Slice = { ...slice(), pixels: Uint16Array.of(0x3c00, 0xc000, 0x0001), decode: [1, 0] };
  expect([...values(half)]).toEqual([1, -2, 2 ** -24]);
  expect(valueAt(slice(), -1, 3)).toBeNaN();
});

test("the first contrast does not follow beads, borders and other outliers", () => {
  let state = 1;
  const noise = Float32Array.from({ length: 20000 }, () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32;
    }
    return 120 + 5 * (sum - 6);
  });
  const [low, high] = firstContrast(noise);
  const [darkest, brightest] = autocontrast(noise);
  expect(Math.abs(low - darkest)).toBeLessThan(2);
  expect(Math.abs(high - brightest)).toBeLessThan(2);
  const spoilt = noise.map((value, i) => (i % 100 === 0 ? 0 : i % 100 === 1 ? 255 : value));
  expect(autocontrast(spoilt)).toEqual([0, 255]);
  const [from, to] = firstContrast(spoilt);
  expect(from).toBeGreaterThan(95);
  expect(to).toBeLessThan(145);
});

test("the first contrast of masks, ramps and nothing shows what there is", () => {
  expect(firstContrast(Float32Array.from({ length: 1000 }, (_, i) => (i < 10 ? 1 : 0)))).toEqual([0, 1]);
  const ramp = Float32Array.from({ length: 1000 }, (_, i) => i);
  expect(firstContrast(ramp)).toEqual([0, 999]);
  expect(firstContrast(new Float32Array(0))).toEqual([0, 1]);
});

test("autocontrast and histogram are the original's", () => {
  const width = 200;
  const sample = subsample(width, width, (i) => (i % width) + 1000 * Math.floor(i / width));
  expect(sample.length).toBe(42 * 42);
  expect(sample[0]).toBe(16 + 16000);
  const ramp = Float32Array.from({ length: 10000 }, (_, i) => i);
  expect(autocontrast(ramp)).toEqual([5, 9994]);
  const { low, high, bins } = histogram(ramp);
  expect([low, high, bins.length]).toEqual([0, 9999, 40]);
  expect(bins[0]).toBeCloseTo(Math.log(251));
});
