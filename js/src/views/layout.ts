// Where the planes lie in the picture: whole device pixels, so that each is drawn without being resampled.
import type { Viewport } from "../gl/plane_renderer";
import type { Plane } from "./plane";

export interface Layout {
  /** Size of the picture in device pixels. */
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  ratio: number;
  parts: { plane: Plane; viewport: Viewport }[];
}

/** Measures the page. Planes that are hidden have no part. */
export function measureLayout(picture: HTMLElement, planes: readonly Plane[]): Layout {
  const ratio = globalThis.devicePixelRatio || 1;
  const whole = picture.getBoundingClientRect();
  const height = Math.max(1, Math.round(whole.height * ratio));
  const parts = planes.flatMap((plane) => {
    const box = plane.surface.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return [];
    const [left, right] = [box.left - whole.left, box.right - whole.left].map((x) => Math.round(x * ratio));
    const [top, bottom] = [box.top - whole.top, box.bottom - whole.top].map((y) => Math.round(y * ratio));
    return [{ plane, viewport: { x: left, y: height - bottom, width: right - left, height: bottom - top } }];
  });
  return { width: Math.max(1, Math.round(whole.width * ratio)), height, ratio, parts };
}

export function sameViewport(a: Viewport, b: Viewport): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
