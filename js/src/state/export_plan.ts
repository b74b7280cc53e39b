// What one view is about to export, chosen in the panel.
import { signal } from "@preact/signals";
import { EXPORT_DEFAULTS } from "../kernel/generated/tables";
import type { ExportOptions } from "../kernel/generated/wire";

export type { ExportOptions };

export class ExportPlan {
  /** Open models and tomograms that are left out, by uid: what is opened later takes part. */
  readonly withoutModels = signal<ReadonlySet<string>>(new Set());
  readonly withoutTomograms = signal<ReadonlySet<string>>(new Set());
  /** Path, folder or wildcard of tomograms that are not open. */
  readonly files = signal("");
  readonly overwrite = signal(false);
  readonly options = signal<ExportOptions>(EXPORT_DEFAULTS);
  /** Path of the volume with the truth, by the path of the result: what is true for one model is not for another. */
  readonly truths = signal<ReadonlyMap<string, string>>(new Map());
  /** Leave annotated slices out of the scores. */
  readonly unseenOnly = signal(true);
}

/** The set with `key` added or removed. */
export function toggled(set: ReadonlySet<string>, key: string, inside: boolean): ReadonlySet<string> {
  const next = new Set(set);
  inside ? next.add(key) : next.delete(key);
  return next;
}
