// One of the three views: its part of the picture, the lines over it, and what it shows.
import type { Axis } from "../geometry/axis";
import type { PlaneCamera } from "../geometry/camera";
import { planeSize, type Size } from "../geometry/plane";
import type { Viewport } from "../gl/plane_renderer";
import type { TomogramState } from "../state/tomogram";
import { PlaneLabels } from "./plane_labels";
import type { PlaneTextures } from "./plane_textures";

export class Plane {
  /** CSS pixels. */
  size: Size = { width: 1, height: 1 };
  /** Its part of the picture. */
  viewport: Viewport = { x: 0, y: 0, width: 1, height: 1 };
  camera: PlaneCamera | null = null;
  labels: PlaneLabels | null = null;
  textures: PlaneTextures | null = null;
  /** What the lines look like, as `linesLook` describes it. */
  linesLook = "";
  /** uid of the tomogram that is in the picture, empty when there is none. */
  shownUid = "";
  readonly context: CanvasRenderingContext2D;
  private tomogram: TomogramState | null = null;

  /** `surface` lies over its part of the picture: lines are drawn on it, and it takes pointer and keyboard. */
  constructor(
    readonly axis: Axis,
    readonly surface: HTMLCanvasElement,
    private labelsChanged: () => void,
  ) {
    this.context = surface.getContext("2d")!;
  }

  /** Takes this part of the picture; `ratio`: device pixels per CSS pixel. */
  place(viewport: Viewport, ratio: number): void {
    this.viewport = viewport;
    this.size = { width: viewport.width / ratio, height: viewport.height / ratio };
    this.surface.width = viewport.width;
    this.surface.height = viewport.height;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.linesLook = "";
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

  close(): void {
    this.labels?.close();
    this.labels = null;
    this.tomogram = null;
  }
}
