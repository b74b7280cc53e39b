// The labels of one displayed plane of all features, in groups of eight, following every change of a mask.
import type { Axis } from "../geometry/axis";
import type { Size } from "../geometry/plane";
import { BITS, LabelPlane } from "../labels/label_plane";
import type { FeatureState } from "../state/feature";

export class PlaneLabels {
  groups: LabelPlane[] = [];
  private features: readonly FeatureState[] = [];
  private index = -1;
  private stop: (() => void)[] = [];

  constructor(
    private axis: Axis,
    private size: Size,
    private changed: () => void,
  ) {}

  show(features: readonly FeatureState[], index: number): void {
    const same = features.length === this.features.length && features.every((f, i) => f === this.features[i]);
    if (same && index === this.index) return;
    this.index = index;
    if (!same) this.follow(features);
    this.groups.forEach((group, i) => {
      const stores = this.features.slice(i * BITS, (i + 1) * BITS).map((feature) => feature.masks);
      group.rebuild(stores, index);
    });
  }

  /** Eight colours with opacity, and which of them are filled; none where they are `outlined`. */
  look(group: number, solo: string | null, outlined: boolean): { colors: Float32Array; filled: number } {
    const colors = new Float32Array(4 * BITS);
    let filled = 0;
    this.features.slice(group * BITS, (group + 1) * BITS).forEach((feature, bit) => {
      const settings = feature.settings.peek();
      const shown = solo === null ? settings.visible : solo === feature.uid;
      colors.set([...settings.color, shown ? settings.alpha : 0], 4 * bit);
      if (settings.filled && !outlined) filled |= 1 << bit;
    });
    return { colors, filled };
  }

  close(): void {
    for (const stop of this.stop) stop();
    this.stop = [];
  }

  private follow(features: readonly FeatureState[]): void {
    this.close();
    this.features = features;
    const count = Math.ceil(features.length / BITS);
    this.groups = Array.from(
      { length: count },
      () => new LabelPlane(this.axis, this.size.width, this.size.height),
    );
    this.stop = features.map((feature, i) =>
      feature.masks.onChange((z, rect) => {
        const group = this.groups[Math.floor(i / BITS)];
        group?.update(feature.masks, i % BITS, this.index, z, rect);
        if (group?.isDirty) this.changed();
      }),
    );
  }
}
