// Joins pointer and tools: which tool a press begins, with what it works, and what happens when the slice changes meanwhile.
import { effect, untracked } from "@preact/signals";
import { insideVolume, isInside, voxelAspect } from "../geometry/axis";
import { widthScale } from "../geometry/camera";
import { paintedSize, paintedVoxelAt, turned, voxelAt } from "../geometry/plane";
import type { Actions } from "../state/actions";
import { FeatureState } from "../state/feature";
import { brushMax, isBrush } from "../state/tool_state";
import type { Viewer } from "../state/viewer";
import { startBox } from "../tools/box_tool";
import { startBrush } from "../tools/brush_tool";
import type { ToolContext, ToolGesture, ToolPoint } from "../tools/context";
import { startLasso } from "../tools/lasso_tool";
import { startRegion } from "../tools/region_tool";
import type { Gesture, InputHandlers, PlanePoint } from "../views/input";
import type { PictureLoop } from "../views/picture_loop";
import type { GreyValues } from "./grey_values";
import type { Readout } from "./readout";
import { whenReady } from "./when_ready";

/** Moves after which a press of the Move tool is a drag and no click. */
const CLICK = 3;

export class Controller implements InputHandlers {
  constructor(
    private viewer: Viewer,
    private picture: Pick<PictureLoop, "planes" | "showOutline">,
    private grey: GreyValues,
    private readout: Readout,
    private actions: Actions,
  ) {}

  press(point: PlanePoint): Gesture | null {
    const name = this.viewer.tools.tool.peek();
    const tool = point.shift && name !== "navigate" && name !== "point" ? "box" : name;
    if (tool === "navigate") return this.moveCursor(point);
    if (tool === "region") return this.drawRegion(point);
    if (tool === "point") return this.pick(point);
    const loaded = this.viewer.tomogram.peek()?.loaded;
    if (loaded?.peek() === false) return whenReady(loaded, () => this.press(point));
    const started = this.begin(tool, point);
    return started && this.follow(started, tool, point);
  }

  hover(point: PlanePoint | null, left: number, top: number): void {
    this.readout.follow(point, left, top);
    if (point) void this.grey.prepare();
  }

  resizeBrush(by: number): void {
    const feature = this.viewer.tomogram.peek()?.activeFeature;
    if (!feature) return;
    const most = brushMax(this.viewer.pixelSize.peek());
    const next = Math.min(most, Math.max(1, feature.settings.peek().brush_radius + by));
    this.actions.set(feature, "brush_radius", next);
  }

  private begin(tool: string, point: PlanePoint): ToolGesture | null {
    const context = this.context(point);
    return context && start(tool, context, toolPoint(point));
  }

  /** Drawn things belong to a feature: without one the first stroke makes it. */
  private context({ axis }: PlanePoint): ToolContext | null {
    const { viewer, picture, grey } = this;
    const tomogram = viewer.tomogram.peek();
    if (!tomogram?.loaded.peek()) return null;
    const feature = tomogram.activeFeature ?? this.actions.addFeature();
    if (!(feature instanceof FeatureState)) return null;
    const { shape, voxel_size } = tomogram.info.peek();
    const { camera } = picture.planes[axis];
    const index = viewer.position.peek()[axis];
    return {
      tools: viewer.tools,
      feature,
      shape,
      axis,
      index,
      plane: paintedSize(axis, shape),
      voxelAspect: voxelAspect(voxel_size),
      scale: camera ? widthScale(axis, camera) : 1,
      voxelAt: (place) => paintedVoxelAt(axis, index, place),
      picture: () => grey.shown(),
      allowed: () => grey.inRange(),
      predicted: () => grey.predicted(),
      outline: (places) => picture.showOutline(axis, places?.map((place) => turned(axis, place)) ?? null),
      commit: (name, edits, done) => viewer.tomograms.commit(tomogram, name, edits, done),
    };
  }

  private follow(begun: ToolGesture, tool: string, from: PlanePoint): Gesture {
    let gesture: ToolGesture | null = begun;
    let last = from;
    let moved = false;
    const { tomograms, position, uid } = this.viewer;
    const shown = uid.peek();
    let at = position.peek()[from.axis];
    tomograms.strokeBegins();
    // Another slice comes under the pointer while it draws: the stroke ends there, and a brush begins another here.
    const stop = effect(() => {
      const now = position.value[from.axis];
      const same = uid.value === shown;
      if (now === at && same) return;
      at = now;
      untracked(() => {
        gesture?.end();
        gesture = same && isBrush(tool) ? this.begin(tool, last) : null;
      });
    });
    return {
      move: (points) => {
        last = points[points.length - 1];
        moved = true;
        gesture?.move(points.map(toolPoint));
      },
      end: () => {
        stop();
        gesture?.end();
        tomograms.strokeEnds();
        if (moved) this.shareCursor(last);
      },
      cancel: () => {
        stop();
        gesture?.cancel();
        tomograms.strokeEnds();
      },
    };
  }

  /** A click adds a particle, with the right button removes the nearest. */
  private pick(point: PlanePoint): null {
    const { position, tomogram, picks, pickRadius } = this.viewer;
    const shown = tomogram.peek();
    if (!shown) return null;
    const place = voxelAt(point.axis, position.peek()[point.axis], point);
    if (point.secondary) void picks.remove(shown.uid, place, pickRadius.peek());
    else if (isInside(place, shown.info.peek().shape)) void picks.add(shown.uid, place);
    return null;
  }

  private drawRegion(point: PlanePoint): Gesture | null {
    const tomogram = this.viewer.tomogram.peek();
    if (!tomogram || point.axis !== "z") return null;
    return startRegion(
      {
        width: tomogram.width,
        height: tomogram.height,
        outline: (places) => this.picture.showOutline("z", places),
        set: (region) => this.actions.setRegion({ region }),
      },
      point,
    );
  }

  /** The other planes go to where the stroke ended; the slice in view stays. */
  private shareCursor(point: PlanePoint): void {
    const { position, tomogram } = this.viewer;
    const index = position.peek()[point.axis];
    const { shape } = tomogram.peek()!.info.peek();
    position.value = insideVolume(voxelAt(point.axis, index, point), shape);
  }

  private moveCursor(point: PlanePoint): Gesture {
    let moved = 0;
    return {
      move: () => {
        moved++;
      },
      end: () => {
        if (moved < CLICK) this.shareCursor(point);
      },
      cancel: () => {},
    };
  }
}

function start(tool: string, context: ToolContext, at: ToolPoint): ToolGesture | null {
  switch (tool) {
    case "box":
      return startBox(context, at);
    case "lasso":
      return startLasso(context, at);
    case "erase":
      return startBrush(context, "erase", at);
    case "flood":
      return startBrush(context, "flood", at);
    default:
      return startBrush(context, "paint", at);
  }
}

function toolPoint(point: PlanePoint): ToolPoint {
  return turned(point.axis, point);
}
