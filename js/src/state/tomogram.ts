// One open tomogram with its annotations.
import { type Signal, signal } from "@preact/signals";
import type { Display, Region, TomogramInfo } from "../kernel/generated/wire";
import { patchValues } from "../labels/patch";
import { paste } from "../labels/region";
import { checkedSetting } from "./checked";
import type { Edit } from "./edits";
import { FeatureState, type Settings } from "./feature";
import { LocalHistory } from "./local_history";

export type { Display, Region, TomogramInfo };

export class TomogramState {
  readonly uid: string;
  readonly info: Signal<TomogramInfo>;
  readonly features = signal<FeatureState[]>([]);
  /** uid of the feature that is painted. */
  readonly active = signal<string | null>(null);
  /** Whether the annotations have arrived. */
  readonly loaded = signal(false);
  readonly history = new LocalHistory();
  /** Revision of the kernel's latest change that has been applied here. */
  revision = -1;
  /** Counts changes, so that views know when to redraw. */
  readonly version = signal(0);

  constructor(info: TomogramInfo) {
    this.uid = info.uid;
    this.info = signal(info);
  }

  get depth(): number {
    return this.info.value.shape[0];
  }

  get height(): number {
    return this.info.value.shape[1];
  }

  get width(): number {
    return this.info.value.shape[2];
  }

  /** Whether only a part of each slice is segmented. */
  get cropped(): boolean {
    const [y0, y1, x0, x1] = this.info.value.region;
    return y0 > 0 || x0 > 0 || y1 < this.height || x1 < this.width;
  }

  feature(uid: string | null): FeatureState | undefined {
    return this.features.value.find((feature) => feature.uid === uid);
  }

  get activeFeature(): FeatureState | undefined {
    return this.feature(this.active.value) ?? this.features.value[0];
  }

  newFeature(uid: string, settings: Settings): FeatureState {
    return new FeatureState(uid, settings, this.width, this.height);
  }

  apply(edit: Edit): void {
    this.version.value++;
    if (edit.edit === "feature") {
      this.applyFeature(edit.feature, edit.before, edit.after, edit.content);
      return;
    }
    const feature = this.feature(edit.edit === "patch" ? edit.patch.feature : edit.feature);
    if (!feature) return;
    if (edit.edit === "patch") {
      const { patch } = edit;
      const values = patchValues(patch);
      if (!values) feature.masks.set(patch.z, null);
      else {
        paste(feature.masks.editable(patch.z), this.width, patch.rect, values);
        feature.masks.changed(patch.z, patch.rect);
      }
    } else if (edit.edit === "boxes") {
      const boxes = [...feature.boxes.peek()];
      boxes.splice(edit.start, edit.removed.length, ...edit.added);
      feature.boxes.value = boxes;
    } else {
      feature.settings.value = {
        ...feature.settings.peek(),
        [edit.name]: checkedSetting(edit.name, edit.after),
      };
    }
  }

  private applyFeature(
    uid: string,
    before: number | null,
    after: number | null,
    content: FeatureState | null,
  ): void {
    const features = [...this.features.peek()];
    let moved = content;
    if (before !== null) {
      const at = features.findIndex((feature) => feature.uid === uid);
      if (at < 0) return;
      moved = features.splice(at, 1)[0];
    }
    if (after !== null && moved) {
      features.splice(after, 0, moved);
      if (before === null) this.active.value = uid;
    }
    this.features.value = features;
    if (after === null && this.active.peek() === uid)
      this.active.value = features[Math.min(before ?? 0, features.length - 1)]?.uid ?? null;
  }
}
