// The inside of a lasso and the holes of a closed stroke; tested on tests/cases/fill.json.
import type { Run } from "../geometry/plane";

export interface Point {
  x: number;
  y: number;
}

/** Pixels whose centres (integer positions) lie inside the outline, by the even-odd rule. */
export function fillPolygon(outline: readonly Point[], width: number, height: number): Run[] {
  if (outline.length < 3) return [];
  const ys = outline.map((p) => p.y);
  const first = Math.max(0, Math.floor(Math.min(...ys)));
  const last = Math.min(height - 1, Math.ceil(Math.max(...ys)));
  const runs: Run[] = [];
  for (let row = first; row <= last; row++) {
    const crossings: number[] = [];
    outline.forEach((b, i) => {
      const a = outline[(i + outline.length - 1) % outline.length];
      if (a.y > row === b.y > row) return;
      crossings.push(((b.x - a.x) * (row - a.y)) / (b.y - a.y) + a.x);
    });
    crossings.sort((p, q) => p - q);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const x0 = Math.max(0, Math.ceil(crossings[i]));
      const x1 = Math.min(width, Math.ceil(crossings[i + 1]));
      if (x1 > x0) runs.push({ row, x0, x1 });
    }
  }
  return runs;
}

/** Runs of the unset pixels that set ones enclose: no path of side-by-side pixels leads from them to the border. */
export function holes(mask: Uint8Array, width: number, height: number): Run[] {
  const outside = new Uint8Array(width * height);
  const waiting: number[] = [];
  const visit = (i: number) => {
    if (mask[i] || outside[i]) return;
    outside[i] = 1;
    waiting.push(i);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  while (waiting.length > 0) {
    const i = waiting.pop()!;
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < width * (height - 1)) visit(i + width);
  }
  const runs: Run[] = [];
  for (let row = 0; row < height; row++)
    for (let x = 0; x < width; x++) {
      if (mask[row * width + x] || outside[row * width + x]) continue;
      const x0 = x;
      while (x < width && !mask[row * width + x] && !outside[row * width + x]) x++;
      runs.push({ row, x0, x1: x });
    }
  return runs;
}
