// One of the three views: its canvas, the canvas over it, and what it shows.
import type { TomogramState } from "../state/tomogram";
import type { Axis } from "../volume/slice";
import { type PlaneCamera, planeSize, type Size } from "./camera";
import { PlaneLabels } from "./plane_labels";
import type { PlaneTextures } from "./plane_textures";

export interface PlaneElements {
  /** The picture; takes pointer and keyboard. */
  canvas: HTMLCanvasElement;
  /** Boxes, shared cursor, scale bar; lets the pointer through. */
  overlay: HTMLCanvasElement;
}

export class Plane {
  size: Size = { width: 1, height: 1 };
  camera: PlaneCamera | null = null;
  labels: PlaneLabels | null = null;
  textures: PlaneTextures | null = null;
  /** What the overlay shows, as `overlayLook` tells it. */
  overlayLook = "";
  /** uid of the tomogram that is in the picture, empty when there is none. */
  shownUid = "";
  readonly context: CanvasRenderingContext2D;
  private tomogram: TomogramState | null = null;

  constructor(
    readonly axis: Axis,
    readonly elements: PlaneElements,
    private labelsChanged: () => void,
  ) {
    this.context = elements.overlay.getContext("2d")!;
  }

  /** Device pixels follow the element's size; returns whether it changed. */
  resize(): boolean {
    const { canvas, overlay } = this.elements;
    const ratio = globalThis.devicePixelRatio || 1;
    const width = Math.max(1, canvas.clientWidth);
    const height = Math.max(1, canvas.clientHeight);
    const deviceWidth = Math.round(width * ratio);
    const deviceHeight = Math.round(height * ratio);
    if (canvas.width === deviceWidth && canvas.height === deviceHeight && this.size.width === width)
      return false;
    this.size = { width, height };
    for (const element of [canvas, overlay]) {
      element.width = deviceWidth;
      element.height = deviceHeight;
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.overlayLook = "";
    return true;
  }

  show(tomogram: TomogramState, index: number): void {
    if (tomogram !== this.tomogram) {
      this.labels?.close();
      this.labels = new PlaneLabels(
        this.axis,
        planeSize(this.axis, tomogram.info.peek().shape),
        this.labelsChanged,
      );
      this.tomogram = tomogram;
    }
    this.labels!.show(tomogram.features.peek(), index);
  }

  /** The tomogram was reloaded or another is shown: the labels are made anew. */
  reset(): void {
    this.labels?.close();
    this.labels = null;
    this.tomogram = null;
  }
}
