// Lines and text over a plane: boxes, picks, the shared cursor, the region, the scale bar.
import type { Axis, Position } from "../geometry/axis";
import { middleOf, type PlaneCamera, scaleBar, toScreen } from "../geometry/camera";
import { type Place, placeOf, type Size } from "../geometry/plane";
import type { TomogramState } from "../state/tomogram";
import { circlesOn, drawCircles, type Picks } from "./pick_circles";

/** Slices above and below on which a box is still faintly shown. */
const FAINT = 3;

export interface LinesScene {
  axis: Axis;
  camera: PlaneCamera;
  size: Size;
  position: Position;
  tomogram: Pick<TomogramState, "features" | "info" | "cropped">;
  solo: string | null;
  /** Å per pixel, 0 unknown. */
  pixelSize: number;
  /** Outline under construction (lasso, region). */
  outline: readonly Place[] | null;
  cross: boolean;
  picks: Picks | null;
}

export function drawLines(context: CanvasRenderingContext2D, scene: LinesScene): void {
  const { size, axis } = scene;
  context.clearRect(0, 0, size.width, size.height);
  if (axis === "z" && scene.tomogram.cropped) drawRegion(context, scene);
  if (scene.cross) drawCross(context, scene);
  drawBoxes(context, scene);
  if (scene.picks) drawCircles(context, scene, shownPicks(scene), scene.picks.radius);
  if (scene.outline) drawOutline(context, scene, scene.outline);
  if (axis === "z" && scene.pixelSize > 0) drawScaleBar(context, scene);
}

/** What the lines look like: while it is the same they need not be drawn again. */
export function linesLook(scene: LinesScene): string {
  const { axis, camera, size, position, outline, pixelSize, cross } = scene;
  const at = cross ? placeOf(axis, position) : null;
  return JSON.stringify([
    camera,
    size,
    at,
    outline,
    pixelSize,
    scene.tomogram.info.peek().region,
    shownBoxes(scene),
    shownPicks(scene),
  ]);
}

function shownPicks({ axis, position, picks }: LinesScene): ReturnType<typeof circlesOn> {
  return picks ? circlesOn(axis, position[axis], picks) : [];
}

function css(color: readonly number[], alpha: number): string {
  return `rgb(${color.map((c) => Math.round(c * 255)).join(" ")} / ${alpha})`;
}

interface ShownBox {
  at: Position;
  half: number;
  color: string;
  line: number;
}

function shownBoxes({ axis, position, tomogram, solo }: LinesScene): ShownBox[] {
  const found: ShownBox[] = [];
  for (const feature of tomogram.features.peek()) {
    const settings = feature.settings.peek();
    const shown = solo === null ? settings.visible : solo === feature.uid;
    if (!shown || !settings.show_boxes) continue;
    const half = settings.box_size / 2;
    for (const [z, y, x] of feature.boxes.peek()) {
      const at = { z, y, x };
      const distance = Math.abs(at[axis] - position[axis]);
      if (distance > (axis === "z" ? FAINT : half)) continue;
      const alpha = axis === "z" && distance > 0 ? 0.4 - 0.1 * distance : 0.95;
      const line = axis === "z" && distance === 0 ? 2 : 1.25;
      found.push({ at, half, color: css(settings.color, alpha), line });
    }
  }
  return found;
}

function drawBoxes(context: CanvasRenderingContext2D, scene: LinesScene): void {
  const { axis, camera, size } = scene;
  for (const { at, half, color, line } of shownBoxes(scene)) {
    const { x, y } = middleOf(axis, at);
    context.strokeStyle = color;
    context.lineWidth = line;
    context.beginPath();
    if (axis === "z") {
      const { left, top } = toScreen(camera, size, x - half, y + half);
      context.rect(left, top, 2 * half * camera.scaleX, 2 * half * camera.scaleY);
      const middle = toScreen(camera, size, x, y);
      context.moveTo(middle.left - 3, middle.top);
      context.lineTo(middle.left + 3, middle.top);
      context.moveTo(middle.left, middle.top - 3);
      context.lineTo(middle.left, middle.top + 3);
    } else {
      // A box lies in one slice: from the side it is a line.
      const [dx, dy] = axis === "y" ? [half, 0] : [0, half];
      const [start, end] = [-1, 1].map((sign) => toScreen(camera, size, x + sign * dx, y + sign * dy));
      context.moveTo(start.left, start.top);
      context.lineTo(end.left, end.top);
    }
    context.stroke();
  }
}

function drawCross(context: CanvasRenderingContext2D, { axis, camera, size, position }: LinesScene): void {
  const { x, y } = middleOf(axis, position);
  const { left, top } = toScreen(camera, size, x, y);
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
function drawRegion(context: CanvasRenderingContext2D, { camera, size, tomogram }: LinesScene): void {
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
  { camera, size }: LinesScene,
  outline: readonly Place[],
): void {
  context.strokeStyle = "white";
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.beginPath();
  for (const { column, row } of outline) {
    const { left, top } = toScreen(camera, size, column, row);
    context.lineTo(left, top);
  }
  context.closePath();
  context.stroke();
  context.setLineDash([]);
}

function drawScaleBar(context: CanvasRenderingContext2D, { camera, size, pixelSize }: LinesScene): void {
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
