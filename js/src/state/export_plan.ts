// What one view is about to export, chosen in the panel.
import { signal } from "@preact/signals";

export interface ExportOptions {
  /** Orientations of which the mean is taken. */
  tta: number;
  /** Tiles of the training box size instead of whole slices. */
  tiled: boolean;
  /** Of tiles, 0–0.9. */
  overlap: number;
  trim_edges: boolean;
  /** Gaussian blur of the result, Å. */
  sigma: number;
}

export class ExportPlan {
  /** Open models and tomograms that are left out, by uid: what is opened later takes part. */
  readonly withoutModels = signal<ReadonlySet<string>>(new Set());
  readonly withoutTomograms = signal<ReadonlySet<string>>(new Set());
  /** Path, folder or wildcard of tomograms that are not open. */
  readonly files = signal("");
  readonly overwrite = signal(false);
  /** How networks are applied; the names are those of `segment` in Python. */
  readonly options = signal<ExportOptions>({
    tta: 1,
    tiled: false,
    overlap: 0.2,
    trim_edges: false,
    sigma: 0,
  });
  /** Path of the volume with the truth. */
  readonly truth = signal("");
  /** Leave annotated slices out of the scores. */
  readonly unseenOnly = signal(true);
}

/** The set with `key` in it or not. */
export function toggled(set: ReadonlySet<string>, key: string, inside: boolean): ReadonlySet<string> {
  const next = new Set(set);
  inside ? next.add(key) : next.delete(key);
  return next;
}
