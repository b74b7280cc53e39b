// What is drawn over a plane with lines and text: boxes, the shared cursor, the scale bar.

import type { Box } from "../state/edits";
import type { TomogramState } from "../state/tomogram";
import type { Position } from "../state/viewer";
import type { Axis } from "../volume/slice";
import { type PlaneCamera, type Size, scaleBar, toScreen } from "./camera";

/** Slices above and below on which a box is still faintly shown. */
const FAINT = 3;

export interface OverlayScene {
  axis: Axis;
  camera: PlaneCamera;
  size: Size;
  position: Position;
  tomogram: TomogramState;
  solo: string | null;
  /** Å per pixel, 0 unknown. */
  pixelSize: number;
  /** Outline under construction (lasso), in image positions. */
  outline: readonly { x: number; y: number }[] | null;
  cross: boolean;
}

export function drawOverlay(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { size, axis } = scene;
  context.clearRect(0, 0, size.width, size.height);
  if (axis === "z" && scene.tomogram.cropped) drawRegion(context, scene);
  if (scene.cross) drawCross(context, scene);
  drawBoxes(context, scene);
  if (scene.outline) drawOutline(context, scene, scene.outline);
  if (axis === "z" && scene.pixelSize > 0) drawScaleBar(context, scene);
}

/** Tells whether an overlay would look as it did: then it need not be drawn again. */
export function overlayLook(scene: OverlayScene): string {
  const { axis, camera, size, position, outline, pixelSize, cross } = scene;
  const { z, y, x } = position;
  const at = cross ? { z: [x, y], y: [x, z], x: [z, y] }[axis] : null;
  return JSON.stringify([
    camera,
    size,
    at,
    outline,
    pixelSize,
    scene.tomogram.info.peek().region,
    shownBoxes(scene),
  ]);
}

function css(color: readonly number[], alpha: number): string {
  return `rgb(${color.map((c) => Math.round(c * 255)).join(" ")} / ${alpha})`;
}

interface ShownBox {
  at: Box;
  half: number;
  color: string;
  line: number;
}

function shownBoxes({ axis, position, tomogram, solo }: OverlayScene): ShownBox[] {
  const found: ShownBox[] = [];
  for (const feature of tomogram.features.peek()) {
    const settings = feature.settings.peek();
    const shown = solo === null ? settings.visible : solo === feature.uid;
    if (!shown || !settings.show_boxes) continue;
    const half = settings.box_size / 2;
    for (const at of feature.boxes.peek()) {
      const [z, y, x] = at;
      const distance =
        axis === "z" ? Math.abs(z - position.z) : axis === "y" ? y - position.y : x - position.x;
      if (axis === "z" ? distance > FAINT : Math.abs(distance) > half) continue;
      const alpha = axis === "z" && distance > 0 ? 0.4 - 0.1 * distance : 0.95;
      const line = axis === "z" && distance === 0 ? 2 : 1.25;
      found.push({ at, half, color: css(settings.color, alpha), line });
    }
  }
  return found;
}

function drawBoxes(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { axis, camera, size } = scene;
  for (const { at, half, color, line } of shownBoxes(scene)) {
    const [z, y, x] = at;
    context.strokeStyle = color;
    context.lineWidth = line;
    context.beginPath();
    if (axis === "z") {
      const { left, top } = toScreen(camera, size, x + 0.5 - half, y + 0.5 + half);
      context.rect(left, top, 2 * half * camera.scaleX, 2 * half * camera.scaleY);
      const middle = toScreen(camera, size, x + 0.5, y + 0.5);
      context.moveTo(middle.left - 3, middle.top);
      context.lineTo(middle.left + 3, middle.top);
      context.moveTo(middle.left, middle.top - 3);
      context.lineTo(middle.left, middle.top + 3);
    } else {
      const end = (sign: number) =>
        axis === "y"
          ? toScreen(camera, size, x + sign * half, z + 0.5)
          : toScreen(camera, size, z + 0.5, y + sign * half);
      context.moveTo(end(-1).left, end(-1).top);
      context.lineTo(end(1).left, end(1).top);
    }
    context.stroke();
  }
}

function drawCross(context: CanvasRenderingContext2D, { axis, camera, size, position }: OverlayScene): void {
  const { x, y, z } = position;
  const [column, row] = axis === "z" ? [x, y] : axis === "y" ? [x, z] : [z, y];
  const { left, top } = toScreen(camera, size, column + 0.5, row + 0.5);
  context.strokeStyle = "rgb(140 200 255 / 0.4)";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(left) + 0.5, 0);
  context.lineTo(Math.round(left) + 0.5, size.height);
  context.moveTo(0, Math.round(top) + 0.5);
  context.lineTo(size.width, Math.round(top) + 0.5);
  context.stroke();
}

/** What is segmented keeps its brightness, the rest is darkened. */
function drawRegion(context: CanvasRenderingContext2D, { camera, size, tomogram }: OverlayScene): void {
  const [y0, y1, x0, x1] = tomogram.info.peek().region;
  const corner = toScreen(camera, size, x0, y1);
  const width = (x1 - x0) * camera.scaleX;
  const height = (y1 - y0) * camera.scaleY;
  context.fillStyle = "rgb(0 0 0 / 0.45)";
  context.beginPath();
  context.rect(0, 0, size.width, size.height);
  context.rect(corner.left, corner.top, width, height);
  context.fill("evenodd");
  context.strokeStyle = "rgb(255 255 255 / 0.8)";
  context.lineWidth = 1;
  context.strokeRect(corner.left, corner.top, width, height);
}

function drawOutline(
  context: CanvasRenderingContext2D,
  { camera, size }: OverlayScene,
  outline: readonly { x: number; y: number }[],
): void {
  context.strokeStyle = "white";
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.beginPath();
  for (const point of outline) {
    const { left, top } = toScreen(camera, size, point.x, point.y);
    context.lineTo(left, top);
  }
  context.closePath();
  context.stroke();
  context.setLineDash([]);
}

function drawScaleBar(context: CanvasRenderingContext2D, { camera, size, pixelSize }: OverlayScene): void {
  const bar = scaleBar(pixelSize / 10 / camera.scaleX, Math.min(160, size.width / 4));
  const left = 16;
  const top = size.height - 18;
  context.shadowColor = "rgb(0 0 0 / 0.8)";
  context.shadowBlur = 3;
  context.fillStyle = "white";
  context.fillRect(left, top, bar.pixels, 3);
  context.font = "500 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "bottom";
  const label = bar.nm >= 1000 ? `${bar.nm / 1000} µm` : `${bar.nm} nm`;
  context.fillText(label, left + bar.pixels / 2, top - 3);
  context.shadowBlur = 0;
}
