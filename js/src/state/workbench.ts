// What the views of one widget share on a page: open tomograms, models, training and export.
import { type Signal, signal } from "@preact/signals";
import type { Stage } from "../kernel/generated/tables";
import type { Link } from "../kernel/protocol";
import { ExportQueue } from "./export_queue";
import { LiveForests } from "./live";
import { ModelSet } from "./model_set";
import { Places } from "./places";
import { TomogramSet } from "./tomogram_set";
import { TrainingState } from "./training";

export type { Stage };

/** The tabs of one view; the kernel remembers which was in front. */
export interface Stages {
  all: readonly Stage[];
  current: Signal<Stage>;
}

export function stagesOf(all: readonly Stage[], first: Stage): Stages {
  return { all, current: signal(all.includes(first) ? first : all[0]) };
}

export class Workbench {
  readonly tomograms: TomogramSet;
  readonly models: ModelSet;
  readonly exports: ExportQueue;
  readonly places: Places;
  readonly training: TrainingState;
  readonly live: LiveForests;

  constructor(readonly link: Link) {
    this.tomograms = new TomogramSet(link);
    this.models = new ModelSet(link, this.tomograms);
    this.exports = new ExportQueue(link);
    this.places = new Places(link, this.tomograms);
    this.training = new TrainingState(link, this.tomograms);
    this.live = new LiveForests(link, this.tomograms);
  }

  async open(): Promise<void> {
    try {
      const parts = [this.tomograms, this.models, this.exports, this.places, this.live];
      await Promise.all(parts.map((part) => part.open()));
    } catch (error) {
      void this.tomograms.problems.report("open", error);
    }
  }

  close(): void {
    this.exports.close();
    this.live.close();
    this.models.close();
    this.places.close();
    this.tomograms.close();
    this.training.close();
  }
}
