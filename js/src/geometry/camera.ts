// Where the places of a plane are on the screen. y points up; pixel i covers i … i + 1.
import { type Axis, countAlong, type Position, type Shape } from "./axis";
import { type Place, placeOf, type Size } from "./plane";

/** Middle of the main view in pixels of the image, and CSS pixels per image pixel. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

/** Place in the middle of a plane's view, and CSS pixels per pixel of the plane. */
export interface PlaneCamera {
  x: number;
  y: number;
  scaleX: number;
  scaleY: number;
}

const SMALLEST = 0.02;
const LARGEST = 64;

/** The same camera with a scale that can be looked at. */
export function bounded(camera: Camera): Camera {
  return { ...camera, scale: Math.min(LARGEST, Math.max(SMALLEST, camera.scale)) };
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

/** What the camera of a plane has in its direction along z: XZ its rows, YZ its columns. */
const ALONG_Z = {
  y: { middle: "y", scale: "scaleY", room: "height" },
  x: { middle: "x", scale: "scaleX", room: "width" },
} as const;

/** The cross-sections share the main view's scale and its x (XZ) or y (YZ). `aspect`: height of a voxel in widths. */
export function planeCamera(
  axis: Axis,
  { x, y, scale }: Camera,
  view: Size,
  shape: Shape,
  aspect: number,
  position: Position,
): PlaneCamera {
  const shared = { x, y, scaleX: scale, scaleY: scale };
  if (axis === "z") return shared;
  const z = ALONG_Z[axis];
  const middle = along(countAlong("z", shape), scale * aspect, view[z.room], position.z + 0.5);
  return { ...shared, [z.middle]: middle, [z.scale]: scale * aspect };
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
  if (axis === "z" || !now || now.scaleX !== wanted.scaleX || now.scaleY !== wanted.scaleY) return wanted;
  const { middle, scale, room } = ALONG_Z[axis];
  if (depth * wanted[scale] <= view[room]) return wanted;
  const half = view[room] / now[scale] / 2;
  return Math.abs(z - now[middle]) > 0.85 * half ? wanted : { ...wanted, [middle]: now[middle] };
}

/** Middle of a pixel of the plane across `axis` that shows `position`. */
export function middleOf(axis: Axis, position: Position): { x: number; y: number } {
  const { column, row } = placeOf(axis, position);
  return { x: column + 0.5, y: row + 0.5 };
}

export function toPlane(camera: PlaneCamera, view: Size, left: number, top: number): Place {
  return {
    column: camera.x + (left - view.width / 2) / camera.scaleX,
    row: camera.y - (top - view.height / 2) / camera.scaleY,
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

/** CSS pixels per width of a voxel: the scale that a plane shares with the main view. */
export function widthScale(axis: Axis, camera: PlaneCamera): number {
  return axis === "x" ? camera.scaleY : camera.scaleX;
}

/**
 * The camera after zooming by `factor` in the plane across `axis`, what lies under (left, top) staying there. A
 * cross-section shares one direction with the main view; in the other the main view keeps its middle.
 */
export function zoomed(
  axis: Axis,
  camera: Camera,
  view: Size,
  left: number,
  top: number,
  factor: number,
): Camera {
  const { scale } = bounded({ ...camera, scale: camera.scale * factor });
  const dx = left - view.width / 2;
  const dy = view.height / 2 - top;
  return {
    x: axis === "x" ? camera.x : camera.x + dx / camera.scale - dx / scale,
    y: axis === "y" ? camera.y : camera.y + dy / camera.scale - dy / scale,
    scale,
  };
}

/** The camera after the picture of the plane across `axis` was moved by CSS pixels. */
export function panned(axis: Axis, camera: Camera, right: number, down: number): Camera {
  return {
    ...camera,
    x: axis === "x" ? camera.x : camera.x - right / camera.scale,
    y: axis === "y" ? camera.y : camera.y + down / camera.scale,
  };
}

/** Length of a scale bar of about `pixels` CSS pixels: 1, 2 or 5 times a power of ten, in nm. */
export function scaleBar(nmPerPixel: number, pixels: number): { nm: number; pixels: number } {
  const wanted = nmPerPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const nm = [5, 2, 1].map((n) => n * power).find((n) => n <= wanted) ?? power;
  return { nm, pixels: nm / nmPerPixel };
}
