// What one view shows: tomogram, position, camera, contrast and filters.
import { batch, computed, type Signal, signal, untracked } from "@preact/signals";
import { type Axis, countAlong, insideVolume, type Position } from "../geometry/axis";
import { bounded, type Camera } from "../geometry/camera";
import { checkedDisplay } from "./checked";
import type { ExportQueue } from "./export_queue";
import type { ModelSet } from "./model_set";
import { PickSet } from "./picks";
import { Predictions } from "./predictions";
import { Results } from "./results";
import type { Display, TomogramState } from "./tomogram";
import type { TomogramSet } from "./tomogram_set";
import { ToolState } from "./tool_state";

export type FilterKind = "gaussian" | "offset_gaussian" | "box" | "sobel_vertical" | "sobel_horizontal";

export interface DisplayFilter {
  kind: FilterKind;
  parameter: number;
  weight: number;
  enabled: boolean;
}

export interface Histogram {
  low: number;
  high: number;
  /** ln(count + 1) */
  bins: number[];
}

export class Viewer {
  readonly uid = signal<string | null>(null);
  readonly position = signal<Position>({ z: 0, y: 0, x: 0 });
  /** The slice on the screen: follows `position`, as does the number shown, once its picture has arrived. */
  readonly shownZ = signal(0);
  readonly camera = signal<Camera | null>(null);
  readonly contrast = signal<[number, number] | null>(null);
  readonly autocontrast = signal(false);
  readonly inverted = signal(false);
  readonly interpolate = signal(true);
  readonly filters = signal<DisplayFilter[]>([]);
  readonly ortho = signal(true);
  readonly histogram = signal<Histogram | null>(null);
  /** Under the cursor: position in pixels and grey value; `exact` once the kernel has reported it. */
  readonly hover = signal<{ at: Position; value: number; exact: boolean } | null>(null);
  /** Whether the slice to show has not arrived yet; `slow`: for so long that a spinner is shown. */
  readonly loading = signal<"no" | "yes" | "slow">("no");
  readonly help = signal(false);
  readonly fullWindow = signal(false);
  readonly solo = signal<string | null>(null);
  /** Where both are shown, the drawing is an outline and what models find is filled; swapped: the other way round. */
  readonly swapped = signal(false);
  readonly tools = new ToolState();
  /** uid of a tomogram to show as soon as it is in the list. */
  wanted: string | null = null;
  readonly tomogram = computed(() => this.tomograms.get(this.uid.value) ?? this.tomograms.all.value[0]);
  /** The camera that fits the picture into its view; it follows the view, so it is not remembered. */
  fitted: Camera | null = null;
  /** How each tomogram was left. */
  private left = new Map<string, Display>();

  readonly predictions: Predictions;
  readonly results: Results;
  readonly picks: PickSet;
  /** Picks of the shown tomogram, with the radius of their circles in voxels; null where they are not shown. */
  readonly shownPicks = computed(() => {
    const list = this.picks.of(this.tomogram.value?.uid);
    if (!list || !this.picks.on.value) return null;
    return { places: list.places, radius: this.pickRadius.value };
  });

  constructor(
    readonly tomograms: TomogramSet,
    readonly models: ModelSet,
    exports: ExportQueue,
  ) {
    this.predictions = new Predictions(this, models);
    this.results = new Results(tomograms.link, exports);
    this.picks = new PickSet(tomograms);
  }

  close(): void {
    this.predictions.close();
    this.results.close();
    this.picks.close();
  }

  show(tomogram: TomogramState): void {
    const before = this.tomograms.get(this.uid.peek()); // not the one that stands in where this was closed
    if (before)
      this.left.set(
        before.uid,
        untracked(() => this.display()),
      );
    const { shape } = tomogram.info.peek();
    const [depth, height, width] = shape;
    const display = this.left.get(tomogram.uid) ?? checkedDisplay(tomogram.info.peek().display);
    const [y, x] = display.cursor ?? [Math.floor(height / 2), Math.floor(width / 2)];
    const z = display.slice ?? Math.floor(depth / 2);
    batch(() => {
      this.uid.value = tomogram.uid;
      this.position.value = insideVolume({ z, y, x }, shape);
      const { camera } = display;
      this.camera.value = camera ? bounded({ x: camera[0], y: camera[1], scale: camera[2] }) : null; // null: fit
      this.contrast.value = display.contrast ? [...display.contrast] : null;
      this.inverted.value = display.invert ?? this.inverted.peek();
      this.interpolate.value = display.interpolate ?? this.interpolate.peek();
      this.autocontrast.value = display.autocontrast ?? this.autocontrast.peek();
      this.hover.value = null;
      this.solo.value = null;
    });
  }

  /** How the shown tomogram is shown. */
  display(): Display {
    const { z, y, x } = this.position.value;
    const camera = this.camera.value;
    return {
      slice: z,
      cursor: [y, x],
      camera: camera && camera !== this.fitted ? [camera.x, camera.y, camera.scale] : null,
      contrast: this.contrast.value ?? undefined,
      invert: this.inverted.value,
      interpolate: this.interpolate.value,
      autocontrast: this.autocontrast.value,
    };
  }

  /** Moves through slices of an axis; `wraps` as the wheel does. */
  step(axis: Axis, by: number, wraps = false): void {
    const tomogram = this.tomogram.peek();
    if (!tomogram) return;
    const count = countAlong(axis, tomogram.info.peek().shape);
    const next = this.position.peek()[axis] + by;
    this.goTo(axis, wraps ? ((next % count) + count) % count : Math.min(count - 1, Math.max(0, next)));
  }

  goTo(axis: Axis, index: number): void {
    if (this.position.peek()[axis] !== index)
      this.position.value = { ...this.position.peek(), [axis]: index };
  }

  /** Å per pixel, 0 when unknown. */
  readonly pixelSize: Signal<number> = computed(() => this.tomogram.value?.info.value.voxel_size[2] ?? 0);

  /** Radius of a particle in voxels; of 10 Å where their size is unknown. */
  readonly pickRadius = computed(() => this.picks.diameter.value / 2 / (this.pixelSize.value || 10));
}
