// The three views and what is drawn over them; owns the graphics context while it is on the page.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { AXES, type Axis, PLANE_NAMES } from "../geometry/axis";
import { Notices } from "../panels/notices";
import { PredictionHint } from "../panels/prediction_hint";
import type { Actions } from "../state/actions";
import { SliceStore } from "../state/slice_store";
import type { Viewer } from "../state/viewer";
import { Input } from "../views/input";
import { PictureLoop } from "../views/picture_loop";
import { Controller } from "./controller";
import { GreyValues } from "./grey_values";
import { type BrushCircle, Readout } from "./readout";

/** What screen readers call the planes. */
const LABELS: Record<Axis, string> = { z: "Slice view", y: "XZ view", x: "YZ view" };

type Graphics = "works" | "lost" | "missing";

export function PictureArea({ viewer, actions }: { viewer: Viewer; actions: Actions }): JSX.Element {
  const area = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const [graphics, setGraphics] = useState<Graphics>("works");
  useEffect(() => start(area.current!, cursor.current!, viewer, actions, setGraphics), [viewer, actions]);
  const ortho = viewer.ortho.value;
  return (
    <div class={ortho ? "ais-views" : "ais-views ais-single"} ref={area} data-tool={viewer.tools.tool.value}>
      <canvas class="ais-picture" aria-hidden="true" />
      {AXES.map((axis) => (
        <div class={`ais-view ais-view-${axis}`} key={axis} hidden={axis !== "z" && !ortho}>
          <canvas class="ais-surface" data-axis={axis} role="img" aria-label={LABELS[axis]} tabIndex={0} />
          <span class="ais-view-name">{PLANE_NAMES[axis]}</span>
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
  setGraphics: (state: Graphics) => void,
): () => void {
  const surfaces = {} as Record<Axis, HTMLCanvasElement>;
  for (const surface of area.querySelectorAll<HTMLCanvasElement>(".ais-surface"))
    surfaces[surface.dataset.axis as Axis] = surface;
  const canvas = area.querySelector<HTMLCanvasElement>(".ais-picture")!;
  const slices = new SliceStore(viewer);
  const loop = new PictureLoop(viewer, slices, canvas, surfaces, (lost) =>
    setGraphics(lost ? "lost" : "works"),
  );
  if (!loop.supported) setGraphics("missing");
  const grey = new GreyValues(viewer, slices, () => loop.filteredValues());
  const readout = new Readout(
    viewer,
    slices,
    ({ axis }) => loop.planes[axis].camera,
    (circle) => placeCircle(cursor, surfaces, circle),
  );
  const controller = new Controller(viewer, loop, grey, readout, actions);
  const navigation = {
    camera: viewer.camera,
    drags: () => viewer.tools.tool.peek() === "navigate",
    step: (axis: Axis, by: number, wraps: boolean) => viewer.step(axis, by, wraps),
  };
  const inputs = AXES.map((axis) => {
    const plane = loop.planes[axis];
    const surface = { axis, element: surfaces[axis], camera: () => plane.camera, size: () => plane.size };
    return new Input(surface, navigation, controller);
  });
  const off = viewer.tomograms.link.on("tomogram_replaced", ({ tomogram }) => {
    slices.forget(String(tomogram));
    viewer.predictions.forget(String(tomogram));
  });
  return () => {
    off();
    for (const input of inputs) input.close();
    readout.close();
    loop.close();
    slices.close();
  };
}

function placeCircle(
  cursor: HTMLElement,
  surfaces: Record<Axis, HTMLCanvasElement>,
  circle: BrushCircle | null,
): void {
  cursor.hidden = circle === null;
  if (!circle) return;
  const { point, left, top, diameter } = circle;
  const { offsetLeft, offsetTop } = surfaces[point.axis].parentElement!;
  cursor.style.width = `${diameter}px`;
  cursor.style.height = `${diameter}px`;
  cursor.style.transform = `translate(${offsetLeft + left - diameter / 2}px, ${offsetTop + top - diameter / 2}px)`;
}
