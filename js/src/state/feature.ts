// One kind of thing that is annotated: settings, boxes and masks.
import { type Signal, signal } from "@preact/signals";
import { FEATURE_DEFAULTS, NO_STEP } from "../kernel/generated/tables";
import type { FeatureRecord, FeatureSettings, SettingName } from "../kernel/generated/wire";
import { MaskStore } from "../labels/mask_store";
import { packMask } from "../labels/packing";
import { checkedSettings } from "./checked";
import { type Box, bytesOf } from "./edits";

/** Of the drawing, of the tool and of the view; the groups differ in whether a change can be undone. */
export type Settings = FeatureSettings;

export const DEFAULTS: Settings = FEATURE_DEFAULTS;

const notUndone: ReadonlySet<SettingName> = new Set(NO_STEP);

/** Whether changing this setting is a step that can be undone. */
export function isStep(name: SettingName): boolean {
  return !notUndone.has(name);
}

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

  static decode(fields: FeatureRecord, blobs: DataView[], width: number, height: number): FeatureState {
    const settings = checkedSettings(fields.settings);
    const feature = new FeatureState(fields.uid, settings, width, height, fields.boxes);
    for (const [z, blob] of fields.masks) feature.masks.setPacked(z, bytesOf(blobs[blob]).slice());
    return feature;
  }

  /** As a feature that is added is sent. What a file holds besides (its `extra`) stays in the kernel. */
  encode(blobs: Uint8Array[]): FeatureRecord {
    const masks = this.masks.slices.map((z): [number, number] => {
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
