// The three views and what is drawn over them; owns the graphics context while it is on the page.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Notices } from "../panels/notices";
import { PredictionHint } from "../panels/prediction_hint";
import type { Actions } from "../state/actions";
import { SliceStore } from "../state/slice_store";
import type { Viewer } from "../state/viewer";
import { Input } from "../views/input";
import type { PlaneElements } from "../views/plane";
import { AXES, Stage } from "../views/stage";
import type { Axis } from "../volume/slice";
import { Controller } from "./controller";

const NAMES: Record<Axis, string> = { z: "Slice view", y: "XZ view", x: "YZ view" };

export function PictureArea({ viewer, actions }: { viewer: Viewer; actions: Actions }): JSX.Element {
  const area = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const [graphics, setGraphics] = useState<"works" | "lost" | "missing">("works");
  useEffect(() => start(area.current!, cursor.current!, viewer, actions, setGraphics), [viewer, actions]);
  const ortho = viewer.ortho.value;
  return (
    <div class={ortho ? "ais-views" : "ais-views ais-single"} ref={area} data-tool={viewer.tools.tool.value}>
      {AXES.map((axis) => (
        <div class={`ais-view ais-view-${axis}`} key={axis} hidden={axis !== "z" && !ortho}>
          <canvas class="ais-canvas" role="img" aria-label={NAMES[axis]} tabIndex={0} />
          <canvas class="ais-overlay" aria-hidden="true" />
          <span class="ais-view-name">{{ z: "XY", y: "XZ", x: "YZ" }[axis]}</span>
          {axis === "z" && <Spinner viewer={viewer} />}
          {axis === "z" && <PredictionHint viewer={viewer} />}
        </div>
      ))}
      <div class="ais-cursor" ref={cursor} hidden />
      <Notices viewer={viewer} graphics={graphics} />
    </div>
  );
}

function Spinner({ viewer }: { viewer: Viewer }): JSX.Element | null {
  return viewer.loading.value === "slow" ? (
    <span class="ais-spinner" role="status" aria-label="Loading" />
  ) : null;
}

function start(
  area: HTMLDivElement,
  cursor: HTMLDivElement,
  viewer: Viewer,
  actions: Actions,
  setGraphics: (state: "works" | "lost" | "missing") => void,
): () => void {
  const elements = {} as Record<Axis, PlaneElements>;
  for (const axis of AXES) {
    const view = area.querySelector(`.ais-view-${axis}`)!;
    elements[axis] = {
      canvas: view.querySelector(".ais-canvas")!,
      overlay: view.querySelector(".ais-overlay")!,
    };
  }
  const slices = new SliceStore(viewer);
  const stage = new Stage(viewer, slices, elements, (lost) => setGraphics(lost ? "lost" : "works"));
  if (!stage.supported) setGraphics("missing");
  const controller = new Controller(
    viewer,
    slices,
    stage,
    actions,
    (left, top, diameter, { axis }) => {
      const { offsetLeft, offsetTop } = elements[axis].canvas.parentElement!;
      cursor.hidden = false;
      cursor.style.width = `${diameter}px`;
      cursor.style.height = `${diameter}px`;
      cursor.style.transform = `translate(${offsetLeft + left - diameter / 2}px, ${offsetTop + top - diameter / 2}px)`;
    },
    () => {
      cursor.hidden = true;
    },
  );
  const inputs = AXES.map((axis) => {
    const plane = stage.planes[axis];
    const surface = {
      axis,
      canvas: elements[axis].canvas,
      camera: () => plane.camera,
      size: () => plane.size,
    };
    return new Input(surface, viewer, controller);
  });
  const off = viewer.tomograms.link.on("tomogram_replaced", ({ tomogram }) => {
    slices.forget(String(tomogram));
    viewer.predictions.forget(String(tomogram));
  });
  return () => {
    off();
    for (const input of inputs) input.close();
    controller.close();
    stage.close();
    slices.close();
  };
}
