// Rectangles of pixels: x0 ≤ x < x1, y0 ≤ y < y1, row 0 at the bottom.

export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export const EMPTY: Rect = { x0: 0, y0: 0, x1: 0, y1: 0 };

export function isEmpty(rect: Rect): boolean {
  return rect.x1 <= rect.x0 || rect.y1 <= rect.y0;
}

export function area(rect: Rect): number {
  return isEmpty(rect) ? 0 : (rect.x1 - rect.x0) * (rect.y1 - rect.y0);
}

/** The smallest rectangle that holds both. */
export function union(a: Rect, b: Rect): Rect {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}

export function clip(rect: Rect, width: number, height: number): Rect {
  return {
    x0: Math.max(0, rect.x0),
    y0: Math.max(0, rect.y0),
    x1: Math.min(width, rect.x1),
    y1: Math.min(height, rect.y1),
  };
}

/** Copies a rectangle out of an image that is `width` pixels wide. */
export function cut(pixels: Uint8Array, width: number, rect: Rect): Uint8Array {
  const columns = Math.max(0, rect.x1 - rect.x0);
  const rows = Math.max(0, rect.y1 - rect.y0);
  const result = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const from = (rect.y0 + row) * width + rect.x0;
    result.set(pixels.subarray(from, from + columns), row * columns);
  }
  return result;
}

/** Copies a rectangle into an image that is `width` pixels wide. */
export function paste(pixels: Uint8Array, width: number, rect: Rect, values: Uint8Array): void {
  const columns = rect.x1 - rect.x0;
  for (let y = rect.y0; y < rect.y1; y++)
    pixels.set(values.subarray((y - rect.y0) * columns, (y - rect.y0 + 1) * columns), y * width + rect.x0);
}

/** The smallest rectangle around the pixels that are not 0. */
export function boundingBox(pixels: Uint8Array, width: number, height: number): Rect {
  let found = EMPTY;
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width, (y + 1) * width);
    const x0 = row.findIndex((value) => value !== 0);
    if (x0 < 0) continue;
    let x1 = width;
    while (row[x1 - 1] === 0) x1--;
    found = union(found, { x0, x1, y0: y, y1: y + 1 });
  }
  return found;
}
