// Picks over a plane: circles that are smaller the farther the pick lies in front of or behind it.
import { AXES, type Axis, type Position } from "../geometry/axis";
import { middleOf, type PlaneCamera, toScreen } from "../geometry/camera";
import type { Size } from "../geometry/plane";

export interface Picks {
  /** z, y, x of one after the other, in voxels. */
  places: Float32Array;
  /** Of a particle, in voxels. */
  radius: number;
}

const COLOR = "255 217 51";

export interface Circle {
  at: Position;
  /** Of the cut through the particle, in voxels. */
  radius: number;
}

/** The particles that a plane cuts. */
export function circlesOn(axis: Axis, index: number, { places, radius }: Picks): Circle[] {
  const found: Circle[] = [];
  const along = AXES.indexOf(axis);
  for (let i = 0; i < places.length; i += 3) {
    const away = places[i + along] - index;
    if (Math.abs(away) >= radius) continue;
    const at = { z: places[i], y: places[i + 1], x: places[i + 2] };
    found.push({ at, radius: Math.sqrt(radius * radius - away * away) });
  }
  return found;
}

interface View {
  axis: Axis;
  camera: PlaneCamera;
  size: Size;
}

export function drawCircles(
  context: CanvasRenderingContext2D,
  { axis, camera, size }: View,
  circles: readonly Circle[],
  whole: number,
): void {
  for (const { at, radius } of circles) {
    const { x, y } = middleOf(axis, at);
    const { left, top } = toScreen(camera, size, x, y);
    context.strokeStyle = `rgb(${COLOR} / ${0.4 + (0.6 * radius) / whole})`;
    context.lineWidth = 1.5;
    context.beginPath();
    context.ellipse(left, top, radius * camera.scaleX, radius * camera.scaleY, 0, 0, 2 * Math.PI);
    context.stroke();
    if (radius > 0.995 * whole) {
      context.fillStyle = `rgb(${COLOR})`;
      context.fillRect(left - 1.5, top - 1.5, 3, 3);
    }
  }
}
