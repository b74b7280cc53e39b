// Brush, eraser and flood brush: a stroke that paints as the pointer moves and becomes one step at its end.
import { countAlong } from "../geometry/axis";
import type { Run } from "../geometry/plane";
import { sphereRadius, sweep } from "../labels/brush";
import { flood } from "../labels/flood";
import { holes } from "../labels/polygon";
import { Stroke } from "../labels/stroke";
import type { Edit } from "../state/edits";
import { pixelAspect, type ToolContext, type ToolGesture, type ToolPoint } from "./context";

export type BrushMode = "paint" | "erase" | "flood";

interface Pixel {
  column: number;
  row: number;
  radius: number;
}

export function startBrush(context: ToolContext, mode: BrushMode, at: ToolPoint): ToolGesture {
  const { feature, tools, axis, index, shape } = context;
  const aspect = pixelAspect(context);
  const erases = mode === "erase" || at.secondary;
  const floods = mode === "flood" && !at.secondary && axis === "z";
  const value = erases ? 0 : 1;
  const stroke = new Stroke(feature.uid, feature.masks, countAlong("z", shape));
  const allowed = erases ? undefined : context.allowed();
  let last: Pixel | null = null;

  const pixel = (point: ToolPoint): Pixel => {
    const size = feature.settings.peek().brush_radius;
    const radius = tools.pressure.peek() ? Math.max(1, size * (0.25 + 0.75 * point.pressure)) : size;
    const full = point.pressure === 1 || point.pressure === 0;
    return { column: Math.floor(point.column), row: Math.floor(point.row), radius: full ? size : radius };
  };

  const reach = (from: Pixel, to: Pixel, radius: number): Run[] =>
    sweep(from.column, from.row, to.column, to.row, radius, aspect);

  const paint = (from: Pixel, to: Pixel) => {
    if (tools.spherical.peek() && !floods) paintSpheres(from, to);
    else stroke.paint(axis, index, reach(from, to, to.radius), value, allowed);
  };

  const paintSpheres = (from: Pixel, to: Pixel) => {
    // Planes lie as far apart as voxels are high (XY) or wide (XZ, YZ).
    const step = axis === "z" ? context.voxelAspect : 1;
    const count = countAlong(axis, shape);
    const far = Math.ceil(to.radius / step);
    for (let other = Math.max(0, index - far); other <= Math.min(count - 1, index + far); other++) {
      const radius = sphereRadius(to.radius, other - index, step);
      if (radius > 0) stroke.paint(axis, other, reach(from, to, radius), value, allowed);
    }
  };

  const floodAt = ({ column, row, radius }: Pixel) => {
    const shown = context.picture();
    if (!shown) return;
    const { flood_sensitivity } = feature.settings.peek();
    const rule = tools.floodRule.peek();
    const runs = flood(shown.picture, column, row, radius, flood_sensitivity, rule, shown.spread);
    stroke.paint(axis, index, runs, 1, allowed);
  };

  const follow = (point: ToolPoint) => {
    const next = pixel(point);
    if (last && next.column === last.column && next.row === last.row) return;
    if (floods) {
      const steps = last ? Math.max(Math.abs(next.column - last.column), Math.abs(next.row - last.row)) : 1;
      const stride = Math.max(1, Math.floor(next.radius / 2));
      for (let i = 1; i <= steps; i++)
        if (i % stride === 0 || i === steps) floodAt(last ? between(last, next, i / steps) : next);
    } else paint(last ?? next, next);
    last = next;
  };

  const fillInside = () => {
    if (axis !== "z" || erases || !tools.fillClosed.peek()) return;
    const painted = stroke.painted(index);
    if (!painted) return;
    const { rect, mask } = painted;
    const inside = holes(mask, rect.x1 - rect.x0, rect.y1 - rect.y0);
    const moved = inside.map((run) => ({
      row: run.row + rect.y0,
      x0: run.x0 + rect.x0,
      x1: run.x1 + rect.x0,
    }));
    stroke.paint(axis, index, moved, 1, allowed);
  };

  const show = () => {
    if (!erases && !feature.settings.peek().visible)
      context.commit("Show or hide feature", [
        { edit: "setting", feature: feature.uid, name: "visible", before: false, after: true },
      ]);
  };

  show();
  follow(at);
  return {
    move: (points) => points.forEach(follow),
    end() {
      fillInside();
      const edits: Edit[] = stroke.finish().map((patch) => ({ edit: "patch", patch }));
      const name = erases ? "Erase" : floods ? "Flood" : "Brush";
      context.commit(name, edits, true);
    },
    cancel: () => stroke.cancel(),
  };
}

function between(from: Pixel, to: Pixel, t: number): Pixel {
  return {
    column: Math.round(from.column + (to.column - from.column) * t),
    row: Math.round(from.row + (to.row - from.row) * t),
    radius: to.radius,
  };
}
