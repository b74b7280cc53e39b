// One kind of thing that is annotated: settings, boxes and masks; the browser's twin of core/data/feature.py.
import { type Signal, signal } from "@preact/signals";
import { MaskStore } from "../labels/mask_store";
import { packMask } from "../labels/packing";
import { checkedSettings } from "./checked";
import { type Box, bytesOf } from "./edits";

export interface Settings {
  title: string;
  color: [number, number, number];
  box_size: number;
  brush_radius: number;
  alpha: number;
  visible: boolean;
  filled: boolean;
  show_boxes: boolean;
  flood: boolean;
  flood_sensitivity: number;
}

/** Settings of tools: changing one is kept by the kernel but is no step to undo. */
export const TOOL_SETTINGS: ReadonlySet<keyof Settings> = new Set([
  "brush_radius",
  "alpha",
  "filled",
  "show_boxes",
  "flood",
  "flood_sensitivity",
]);

export const DEFAULTS: Settings = {
  title: "",
  color: [66 / 255, 214 / 255, 164 / 255],
  box_size: 128,
  brush_radius: 10,
  alpha: 1,
  visible: true,
  filled: true,
  show_boxes: true,
  flood: false,
  flood_sensitivity: 50,
};

export class FeatureState {
  readonly settings: Signal<Settings>;
  readonly boxes: Signal<readonly Box[]>;
  readonly masks: MaskStore;
  /** Slices that have a mask. */
  readonly slices: Signal<number[]>;

  constructor(
    readonly uid: string,
    settings: Settings,
    width: number,
    height: number,
    boxes: readonly Box[] = [],
  ) {
    this.settings = signal(settings);
    this.boxes = signal(boxes);
    this.masks = new MaskStore(width, height);
    this.slices = signal([]);
    this.masks.onChange(() => {
      const slices = this.masks.slices;
      if (slices.length !== this.slices.peek().length || slices.some((z, i) => z !== this.slices.peek()[i]))
        this.slices.value = slices;
    });
  }

  static decode(
    fields: Record<string, unknown>,
    blobs: DataView[],
    width: number,
    height: number,
  ): FeatureState {
    const settings = checkedSettings(fields.settings as Settings);
    const feature = new FeatureState(String(fields.uid), settings, width, height, fields.boxes as Box[]);
    for (const [z, blob] of fields.masks as [number, number][])
      feature.masks.setPacked(z, bytesOf(blobs[blob]).slice());
    return feature;
  }

  /** As a feature that comes is sent. What a file holds beside (its `extra`) stays in the kernel. */
  encode(blobs: Uint8Array[]): Record<string, unknown> {
    const masks = this.masks.slices.map((z) => {
      blobs.push(packMask(this.masks.get(z)!));
      return [z, blobs.length - 1];
    });
    return {
      uid: this.uid,
      settings: this.settings.peek(),
      extra: { dict: [] },
      boxes: this.boxes.peek(),
      masks,
    };
  }

  boxesIn(z: number): Box[] {
    return this.boxes.value.filter((box) => box[0] === z);
  }
}
