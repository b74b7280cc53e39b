// Lasso: the inside of an outline drawn by hand; the right button clears it instead.
import { countAlong } from "../geometry/axis";
import { fillPolygon } from "../labels/polygon";
import { type Allowed, Stroke } from "../labels/stroke";
import type { ToolContext, ToolGesture, ToolPoint } from "./context";

export function startLasso(context: ToolContext, at: ToolPoint): ToolGesture {
  const { feature, axis, index, plane } = context;
  const points = [{ column: at.column, row: at.row }];
  return {
    move(more) {
      for (const { column, row } of more) points.push({ column, row });
      context.outline(points);
    },
    end() {
      context.outline(null);
      // For the fill, pixel centres are whole numbers; on the screen they lie half-way between.
      const outline = points.map(({ column, row }) => ({ x: column - 0.5, y: row - 0.5 }));
      const stroke = new Stroke(feature.uid, feature.masks, countAlong("z", context.shape));
      const runs = fillPolygon(outline, plane.width, plane.height);
      stroke.paint(axis, index, runs, at.secondary ? 0 : 1, at.secondary ? undefined : allowed(context));
      const edits = stroke.finish().map((patch) => ({ edit: "patch", patch }) as const);
      context.commit(at.secondary ? "Erase lasso" : "Lasso", edits, true);
    },
    cancel: () => context.outline(null),
  };
}

function allowed(context: ToolContext): Allowed | undefined {
  const inRange = context.allowed();
  if (!context.tools.fromPrediction.peek() || context.axis !== "z") return inRange;
  const found = context.predicted();
  return (x, y, z) => (found?.(x, y, z) ?? false) && (inRange?.(x, y, z) ?? true);
}
