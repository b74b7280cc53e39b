// The graphics card's side of a view: one context for all three planes, rebuilt after the browser has lost it.
import { FilterChain } from "../gl/filter_chain";
import { Offscreen } from "../gl/offscreen";
import { type OverlayLayer, PlaneRenderer, type PlaneScene } from "../gl/plane_renderer";
import type { Viewer } from "../state/viewer";
import type { Slice } from "../volume/slice";
import type { Plane } from "./plane";
import { PlaneTextures } from "./plane_textures";

/** Behind the image; the same in light and dark theme, so that grey values look the same. */
const BACKGROUND = [0.075, 0.08, 0.09] as const;

export class Renderer {
  private gl: WebGL2RenderingContext | null;
  private planes: PlaneRenderer | null = null;
  private offscreen: Offscreen | null = null;
  private onLost = (event: Event) => {
    event.preventDefault();
    this.planes = null;
    this.forget();
    this.lost(true);
  };
  private onRestored = () => {
    this.build();
    this.lost(false);
  };

  constructor(
    private canvas: HTMLCanvasElement,
    private all: readonly Plane[],
    private viewer: Viewer,
    private lost: (lost: boolean) => void,
  ) {
    this.gl = canvas.getContext("webgl2", { alpha: false, antialias: false, preserveDrawingBuffer: true });
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onRestored);
    this.build();
  }

  get works(): boolean {
    return this.planes !== null;
  }

  get supported(): boolean {
    return this.gl !== null;
  }

  draw(
    plane: Plane,
    slice: Slice | undefined,
    limits: readonly [number, number],
    overlays: OverlayLayer[] = [],
  ): void {
    const { gl, planes, viewer } = this;
    if (!gl || !planes || !plane.camera || gl.isContextLost()) return;
    const ratio = plane.elements.canvas.width / plane.size.width;
    const { x, y, scaleX, scaleY } = plane.camera;
    const camera = { centerX: x, centerY: y, scaleX: scaleX * ratio, scaleY: scaleY * ratio };
    const textures = plane.textures!;
    const shown: [number, number] = viewer.inverted.peek() ? [limits[1], limits[0]] : [limits[0], limits[1]];
    const image = slice
      ? textures.image(slice, viewer.filters.peek(), shown, viewer.interpolate.peek())
      : null;
    const labels = plane.labels ? textures.labelLayers(plane.labels, viewer.solo.peek()) : [];
    const scene: PlaneScene = { camera, image, overlays, labels, background: BACKGROUND };
    const { width, height } = plane.elements.canvas;
    if (plane.axis === "z") {
      planes.draw(scene, width, height);
      return;
    }
    const target = plane.elements.canvas.getContext("2d");
    if (target) this.offscreen!.paint(target, width, height, () => planes.draw(scene, width, height, true));
  }

  /** Frees the context at once: the browser keeps only a few alive. */
  close(): void {
    this.canvas.removeEventListener("webglcontextlost", this.onLost);
    this.canvas.removeEventListener("webglcontextrestored", this.onRestored);
    this.forget();
    this.planes = null;
    this.gl?.getExtension("WEBGL_lose_context")?.loseContext();
    this.gl = null;
  }

  private build(): void {
    if (!this.gl || this.gl.isContextLost()) return;
    const chain = new FilterChain(this.gl);
    this.planes = new PlaneRenderer(this.gl);
    this.offscreen = new Offscreen(this.gl);
    for (const plane of this.all) plane.textures = new PlaneTextures(this.gl, chain);
  }

  private forget(): void {
    for (const plane of this.all) plane.textures = null;
  }
}
