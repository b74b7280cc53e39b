// Contrast limits and histogram of a displayed slice. Those of desktop Ais are tested against what it computes.

const MARGIN = 16;
const STEP = 4;
const SATURATED = 0.0006;
/** Fraction of the pixels at each end that may be outliers. */
const OUTLIERS = 0.02;
const BINS = 40;

/** Every fourth pixel in both directions, without a margin of 16 where the image is larger than 64; finite values. */
export function subsample(width: number, height: number, value: (i: number) => number): Float32Array {
  const margin = Math.min(width, height) > 64 ? MARGIN : 0;
  const found: number[] = [];
  for (let y = margin; y < height - margin; y += STEP)
    for (let x = margin; x < width - margin; x += STEP) {
      const v = value(y * width + x);
      if (Number.isFinite(v)) found.push(v);
    }
  return Float32Array.from(found);
}

/** The value below which this fraction of a sorted sample lies. */
function quantile(sorted: Float32Array, fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))];
}

/** Limits that saturate 0.06 % of the sample at each end, as the desktop program's. */
export function autocontrast(sample: Float32Array): [number, number] {
  if (sample.length === 0) return [0, 1];
  const sorted = sample.slice().sort();
  return [quantile(sorted, SATURATED), quantile(sorted, 1 - SATURATED)];
}

/**
 * Limits with which a slice is first shown. Gold beads and empty borders may cover more than 0.06 % of it and would make
 * everything else look flat. So the range between the 2nd and the 98th percentile is widened by a quarter at each end,
 * within the range of the values; for plain noise that is close to `autocontrast`.
 */
export function firstContrast(sample: Float32Array): [number, number] {
  const sorted = sample.slice().sort();
  const [low, high] = [quantile(sorted, OUTLIERS), quantile(sorted, 1 - OUTLIERS)];
  if (!(high > low)) return autocontrast(sample);
  const margin = (high - low) / 4;
  return [Math.max(sorted[0], low - margin), Math.min(sorted[sorted.length - 1], high + margin)];
}

export function meanAndDeviation(sample: ArrayLike<number>): [number, number] {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < sample.length; i++) sum += sample[i];
  const mean = sum / Math.max(1, sample.length);
  for (let i = 0; i < sample.length; i++) squares += (sample[i] - mean) ** 2;
  return [mean, Math.sqrt(squares / Math.max(1, sample.length))];
}

/** 40 bins of ln(count + 1); values beyond 20 standard deviations above the mean are left out. */
export function histogram(sample: Float32Array): { low: number; high: number; bins: number[] } {
  const [mean, deviation] = meanAndDeviation(sample);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const limit = mean + 20 * deviation;
  for (const v of sample) {
    if (v > limit) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (!(high > low)) return { low: 0, high: 1, bins: Array(BINS).fill(0) };
  const counts = Array<number>(BINS).fill(0);
  for (const v of sample)
    if (v <= high) counts[Math.min(BINS - 1, Math.floor(((v - low) / (high - low)) * BINS))]++;
  return { low, high, bins: counts.map((count) => Math.log(count + 1)) };
}
