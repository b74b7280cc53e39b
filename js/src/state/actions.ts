// What a user can do to features and slices, as undoable steps; shared by panels and keys.
import { SETTING_STEPS, SLIDERS } from "../kernel/generated/tables";
import type { SetRegion } from "../kernel/generated/wire";
import { makePatch } from "../labels/patch";
import { cycleColor } from "./colors";
import type { Box, Edit, StepName } from "./edits";
import { DEFAULTS, type FeatureState, type Settings } from "./feature";
import type { TomogramState } from "./tomogram";
import type { Viewer } from "./viewer";

/** Milliseconds that changes of one setting (a slider being dragged) are collected before they are sent. */
const COLLECT = 250;

export class Actions {
  private collecting: {
    feature: FeatureState;
    name: keyof Settings;
    before: Settings[keyof Settings];
  } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly viewer: Viewer) {}

  private get tomogram(): TomogramState | undefined {
    return this.viewer.tomogram.peek();
  }

  addFeature(settings: Partial<Settings> = {}): FeatureState | undefined {
    const { tomogram } = this;
    if (!tomogram?.loaded.peek()) return undefined;
    const features = tomogram.features.peek();
    const taken = features
      .map((feature) => /^Unnamed feature (\d+)$/.exec(feature.settings.peek().title)?.[1])
      .map((n) => Number(n ?? 0));
    const number = Math.max(features.length, ...taken) + 1;
    const defaults = {
      ...DEFAULTS,
      title: `Unnamed feature ${number}`,
      color: cycleColor(number - 1),
      box_size: startingBox(tomogram),
    };
    const uid = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) =>
      b.toString(16).padStart(2, "0"),
    ).join("");
    const feature = tomogram.newFeature(uid, { ...defaults, ...settings });
    this.commit("Add feature", [
      { edit: "feature", feature: uid, before: null, after: features.length, content: feature },
    ]);
    tomogram.active.value = uid;
    return feature;
  }

  deleteFeature(feature: FeatureState): void {
    const before = this.tomogram?.features.peek().indexOf(feature) ?? -1;
    if (before < 0) return;
    if (this.viewer.solo.peek() === feature.uid) this.viewer.solo.value = null;
    this.commit("Delete feature", [
      { edit: "feature", feature: feature.uid, before, after: null, content: feature },
    ]);
  }

  moveFeature(feature: FeatureState, to: number): void {
    const features = this.tomogram?.features.peek() ?? [];
    const before = features.indexOf(feature);
    const after = Math.min(features.length - 1, Math.max(0, to));
    if (before < 0 || before === after) return;
    this.commit("Move feature", [{ edit: "feature", feature: feature.uid, before, after, content: feature }]);
  }

  /** Changes a setting of a feature: it shows at once, and is sent once it stops changing. */
  set<K extends keyof Settings>(feature: FeatureState, name: K, value: Settings[K]): void {
    const { collecting } = this;
    if (collecting && (collecting.feature !== feature || collecting.name !== name)) this.flush();
    const before = feature.settings.peek()[name];
    if (before === value) return;
    this.collecting ??= { feature, name, before };
    feature.settings.value = { ...feature.settings.peek(), [name]: value };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), COLLECT);
  }

  /** Sends what `set` has collected. */
  flush(): void {
    const { collecting } = this;
    clearTimeout(this.timer);
    this.collecting = null;
    if (!collecting) return;
    const { feature, name, before } = collecting;
    const after = feature.settings.peek()[name];
    if (after === before) return;
    this.commit(SETTING_STEPS[name], [{ edit: "setting", feature: feature.uid, name, before, after }]);
  }

  /** Renames a feature; a name from the library brings its colour and sizes. */
  rename(feature: FeatureState, title: string): void {
    const before = feature.settings.peek();
    if (!title || title === before.title) return;
    const { library } = this.viewer.tomograms;
    const entry = library.peek().find((one) => one.title === title);
    const pixel = this.viewer.pixelSize.peek();
    const after: Partial<Settings> = entry
      ? {
          title,
          color: entry.color,
          box_size: entry.box_size,
          alpha: entry.alpha,
          brush_radius: pixel > 0 ? Math.max(1, entry.brush_diameter / (2 * pixel)) : before.brush_radius,
        }
      : { title };
    const edits = (Object.keys(after) as (keyof Settings)[]).map(
      (name): Edit => ({
        edit: "setting",
        feature: feature.uid,
        name,
        before: before[name],
        after: after[name]!,
      }),
    );
    this.commit("Rename feature", edits);
  }

  /** Puts the settings of a feature into the library. */
  async keepInLibrary(feature: FeatureState): Promise<void> {
    this.flush();
    if (this.tomogram) await this.viewer.tomograms.keepInLibrary(this.tomogram.uid, feature.uid);
  }

  activate(feature: FeatureState): void {
    if (this.tomogram) this.tomogram.active.value = feature.uid;
  }

  /** Activates the next or previous feature, wrapping around. */
  cycleFeature(by: number): void {
    const features = this.tomogram?.features.peek() ?? [];
    const active = this.tomogram?.activeFeature;
    if (!active || features.length === 0) return;
    this.activate(features[(features.indexOf(active) + by + features.length) % features.length]);
  }

  /** Takes back the latest step: of the annotation, or on the stage of picks of those. */
  undo(): void {
    this.travel("undo");
  }

  redo(): void {
    this.travel("redo");
  }

  private travel(kind: "undo" | "redo"): void {
    this.flush();
    if (!this.tomogram) return;
    if (this.viewer.picks.on.peek()) {
      void this.viewer.picks.travel(this.tomogram.uid, kind);
      return;
    }
    this.viewer.tomograms.travel(this.tomogram, kind, (z) => this.viewer.goTo("z", z));
  }

  /** Removes the drawing and the boxes of one slice of a feature. */
  clearSlice(feature: FeatureState, z: number): void {
    const edits: Edit[] = [];
    const mask = feature.masks.get(z);
    const rect = { x0: 0, y0: 0, x1: feature.masks.width, y1: feature.masks.height };
    if (mask) edits.push({ edit: "patch", patch: makePatch(feature.uid, z, rect, mask, null) });
    const boxes = feature.boxes.peek();
    const start = boxes.findIndex((box) => box[0] === z);
    if (start >= 0) {
      const removed: Box[] = boxes.slice(start);
      edits.push({
        edit: "boxes",
        feature: feature.uid,
        start,
        removed,
        added: removed.filter((box) => box[0] !== z),
      });
    }
    this.commit("Clear slice", edits);
  }

  /** Copies the drawing of the shown slice to the next one and goes there. */
  copyToNext(feature: FeatureState, by: number): void {
    const { z } = this.viewer.position.peek();
    const to = z + by;
    const mask = feature.masks.get(z);
    if (!mask || !this.tomogram || to < 0 || to >= this.tomogram.depth) return;
    const rect = { x0: 0, y0: 0, x1: feature.masks.width, y1: feature.masks.height };
    const before = feature.masks.get(to) ?? null;
    const after = before ? mask.map((value, i) => value | before[i]) : mask;
    this.commit("Copy to next slice", [
      { edit: "patch", patch: makePatch(feature.uid, to, rect, before, after) },
    ]);
    this.viewer.goTo("z", to);
  }

  /** Lets the kernel fill the slices between drawn ones. */
  async interpolate(feature: FeatureState): Promise<void> {
    const { tomogram } = this;
    this.flush();
    if (tomogram)
      await this.viewer.tomograms.ask("interpolate", { tomogram: tomogram.uid, feature: feature.uid });
  }

  /** Saves the tomogram in view; without a path, to where its annotations came from or beside it. */
  async save(path: string | null = null): Promise<boolean> {
    const { tomogram } = this;
    this.flush();
    if (!tomogram) return false;
    return (await this.viewer.tomograms.ask("save", { tomogram: tomogram.uid, path })) !== null;
  }

  /** Sets the part of the tomogram in view that is segmented; null is all of it. */
  setRegion(part: Pick<SetRegion, "region" | "z_range">): void {
    const { tomogram } = this;
    if (tomogram) void this.viewer.tomograms.ask("region", { tomogram: tomogram.uid, ...part });
  }

  private commit(name: StepName, edits: Edit[]): void {
    if (this.collecting) this.flush();
    if (this.tomogram) this.viewer.tomograms.commit(this.tomogram, name, edits);
  }
}

/** Edge of a new feature's boxes: the default, or less where that would be a large part of the picture. */
function startingBox({ width, height }: TomogramState): number {
  const third = Math.floor(Math.min(width, height) / 3 / 32) * 32;
  return Math.min(DEFAULTS.box_size, Math.max(SLIDERS.box_size.min, third));
}
