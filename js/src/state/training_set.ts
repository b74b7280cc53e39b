// What the training set is made of, and the set; the browser's twin of widgets/training_sets.py.
import { signal } from "@preact/signals";
import { type Content, KernelError, type Link } from "../kernel/protocol";

export interface Note {
  kind: "error" | "warning" | "info";
  text: string;
}

/** What a feature is to the network: background everywhere, left out, or to be found. */
export type Role = -1 | 0 | 1;

export interface TrainingSetValues {
  features: { title: string; color: [number, number, number]; role: Role }[];
  tomograms: {
    uid: string;
    name: string;
    taken: boolean;
    positive?: number;
    negative?: number;
    slices?: number;
  }[];
  box_size: number;
  /** Å; null: that of the first tomogram */
  voxel_size: number | null;
  target_voxel_size: number;
  depth: number;
  notes: Note[];
  possible: boolean;
  boxes: number;
  making: { progress: number; message: string } | null;
  error: string | null;
  set: MadeSet | null;
  suggestion: { batch_size: number; reason: string };
  /** By uid: what to know before a model learns from this set. */
  model_notes: Record<string, Note[]>;
}

export interface MadeSet {
  boxes: number;
  positive: number;
  box_size: number;
  depth: number;
  voxel_size: number;
  features: string[];
  origin: string;
  /** Annotations have changed since. */
  stale: boolean;
}

export class TrainingSetState {
  readonly values = signal<TrainingSetValues | null>(null);
  /** Why the latest request was not done. */
  readonly error = signal<string | null>(null);
  private stop: () => void;

  constructor(readonly link: Link) {
    this.stop = link.on("training_set", (content) => {
      this.values.value = content as unknown as TrainingSetValues;
    });
  }

  close(): void {
    this.stop();
  }

  async open(): Promise<void> {
    await this.show("training_set");
  }

  /** Changes the choice; the answer has the counts. */
  async choose(change: Content): Promise<void> {
    await this.show("training_set_choose", change);
  }

  make(): Promise<boolean> {
    return this.ask("training_set_make");
  }

  cancel(): Promise<boolean> {
    return this.ask("training_set_cancel");
  }

  save(path: string): Promise<boolean> {
    return this.ask("training_set_save", { path });
  }

  load(path: string): Promise<boolean> {
    return this.ask("training_set_load", { path });
  }

  private async show(kind: string, content: Content = {}): Promise<void> {
    await this.ask(kind, content, (found) => {
      this.values.value = found as unknown as TrainingSetValues;
    });
  }

  private async ask(kind: string, content: Content = {}, take?: (found: Content) => void): Promise<boolean> {
    try {
      const answer = await this.link.request(kind, content);
      this.error.value = null;
      take?.(answer.content);
      return true;
    } catch (error) {
      if (error instanceof KernelError) this.error.value = error.message;
      return false;
    }
  }
}
