// Where things of a plane are on the screen. y points up; pixel i covers i … i + 1.
import type { Camera, Position } from "../state/viewer";
import type { Axis } from "../volume/slice";

/** Image position in the middle of a view and CSS pixels per image pixel. */
export interface PlaneCamera {
  x: number;
  y: number;
  scaleX: number;
  scaleY: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Pixels of the plane across an axis: columns and rows. */
export function planeSize(axis: Axis, [depth, height, width]: readonly number[]): Size {
  if (axis === "z") return { width, height };
  return axis === "y" ? { width, height: depth } : { width: depth, height };
}

export function fitCamera(image: Size, view: Size): Camera {
  const scale = Math.min(view.width / image.width, view.height / image.height) * 0.97;
  return { x: image.width / 2, y: image.height / 2, scale: Math.max(scale, 1e-3) };
}

/** All of it in the middle when it fits, else around `at`. */
function along(count: number, scale: number, room: number, at: number): number {
  if (count * scale <= room) return count / 2;
  const half = room / scale / 2;
  return Math.min(count - half, Math.max(half, at));
}

/** The cross-sections share the main view's scale and its x (XZ) or y (YZ). `ratio`: height of a voxel in widths. */
export function planeCamera(
  axis: Axis,
  camera: Camera,
  view: Size,
  depth: number,
  ratio: number,
  position: Position,
): PlaneCamera {
  const { x, y, scale } = camera;
  const scaleZ = scale * ratio;
  if (axis === "z") return { x, y, scaleX: scale, scaleY: scale };
  if (axis === "y")
    return { x, y: along(depth, scaleZ, view.height, position.z + 0.5), scaleX: scale, scaleY: scaleZ };
  return { x: along(depth, scaleZ, view.width, position.z + 0.5), y, scaleX: scaleZ, scaleY: scale };
}

/** The camera of a cross-section stays where it was along z as long as slice `z` is well inside the view. */
export function keptInSight(
  axis: Axis,
  wanted: PlaneCamera,
  now: PlaneCamera | null,
  view: Size,
  depth: number,
  z: number,
): PlaneCamera {
  const fits = axis === "y" ? depth * wanted.scaleY <= view.height : depth * wanted.scaleX <= view.width;
  if (axis === "z" || fits || !now || now.scaleX !== wanted.scaleX || now.scaleY !== wanted.scaleY)
    return wanted;
  const [at, half] =
    axis === "y" ? [now.y, view.height / 2 / now.scaleY] : [now.x, view.width / 2 / now.scaleX];
  if (Math.abs(z - at) > 0.85 * half) return wanted;
  return axis === "y" ? { ...wanted, y: at } : { ...wanted, x: at };
}

export function toImage(
  camera: PlaneCamera,
  view: Size,
  left: number,
  top: number,
): { x: number; y: number } {
  return {
    x: camera.x + (left - view.width / 2) / camera.scaleX,
    y: camera.y - (top - view.height / 2) / camera.scaleY,
  };
}

export function toScreen(
  camera: PlaneCamera,
  view: Size,
  x: number,
  y: number,
): { left: number; top: number } {
  return {
    left: view.width / 2 + (x - camera.x) * camera.scaleX,
    top: view.height / 2 - (y - camera.y) * camera.scaleY,
  };
}

/** The camera after zooming by `factor` with the image under (left, top) staying where it is. */
export function zoomed(camera: Camera, view: Size, left: number, top: number, factor: number): Camera {
  const scale = Math.min(64, Math.max(0.02, camera.scale * factor));
  const dx = left - view.width / 2;
  const dy = view.height / 2 - top;
  return {
    x: camera.x + dx / camera.scale - dx / scale,
    y: camera.y + dy / camera.scale - dy / scale,
    scale,
  };
}

/** Length of a scale bar of about `pixels` CSS pixels: 1, 2 or 5 times a power of ten, in nm. */
export function scaleBar(nmPerPixel: number, pixels: number): { nm: number; pixels: number } {
  const wanted = nmPerPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const nm = [5, 2, 1].map((n) => n * power).find((n) => n <= wanted) ?? power;
  return { nm, pixels: nm / nmPerPixel };
}
