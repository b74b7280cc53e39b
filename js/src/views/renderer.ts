// The graphics card's side of a view: one canvas that holds the three planes, rebuilt after the browser has lost it.
import { FilterChain } from "../gl/filter_chain";
import { type FoundLayer, PlaneRenderer, type PlaneScene } from "../gl/plane_renderer";
import type { Viewer } from "../state/viewer";
import type { Slice } from "../volume/slice";
import type { Plane } from "./plane";
import { PlaneTextures } from "./plane_textures";

/** Behind the image; the same in light and dark theme, so that grey values look the same. */
const BACKGROUND = [0.075, 0.08, 0.09] as const;
/** Between the planes. */
const GAP = [0.141, 0.149, 0.169] as const;

export class Renderer {
  private gl: WebGL2RenderingContext | null;
  private planes: PlaneRenderer | null = null;
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
    private viewer: Pick<Viewer, "inverted" | "filters" | "interpolate" | "solo" | "swapped">,
    private lost: (lost: boolean) => void,
  ) {
    // Planes are drawn one by one: the others must stay.
    this.gl = canvas.getContext("webgl2", { alpha: false, antialias: false, preserveDrawingBuffer: true });
    canvas.addEventListener("webglcontextlost", this.onLost);
    canvas.addEventListener("webglcontextrestored", this.onRestored);
    this.build();
  }

  get supported(): boolean {
    return this.gl !== null;
  }

  /** Gives the picture another size in device pixels, or clears it; every plane must be drawn again. */
  clear(width = this.canvas.width, height = this.canvas.height): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.gl?.clearColor(...GAP, 1);
    this.gl?.clear(this.gl.COLOR_BUFFER_BIT);
  }

  draw(
    plane: Plane,
    slice: Slice | undefined,
    limits: readonly [number, number],
    found: FoundLayer[] = [],
  ): void {
    const { gl, planes, viewer } = this;
    if (!gl || !planes || !plane.camera || gl.isContextLost()) return;
    const ratio = plane.viewport.width / plane.size.width;
    const { x, y, scaleX, scaleY } = plane.camera;
    const camera = { centerX: x, centerY: y, scaleX: scaleX * ratio, scaleY: scaleY * ratio };
    const textures = plane.textures!;
    const shown: [number, number] = viewer.inverted.peek() ? [limits[1], limits[0]] : [limits[0], limits[1]];
    const image = slice
      ? textures.image(slice, viewer.filters.peek(), shown, viewer.interpolate.peek())
      : null;
    // Where both are shown, the drawing is an outline and what models find is filled, or the other way round.
    const outlined = found.length > 0 && !viewer.swapped.peek();
    const labels = plane.labels ? textures.labelLayers(plane.labels, viewer.solo.peek(), outlined) : [];
    const scene: PlaneScene = { camera, image, found, labels, background: BACKGROUND };
    planes.draw(scene, plane.viewport);
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
    for (const plane of this.all) plane.textures = new PlaneTextures(this.gl, chain);
    this.clear();
  }

  private forget(): void {
    for (const plane of this.all) plane.textures = null;
  }
}
