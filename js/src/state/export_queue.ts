// Segmentations that wait, run and have ended, as the kernel has them.
import { computed, signal } from "@preact/signals";
import type { Answer, Content, Link } from "../kernel/protocol";
import type { ExportOptions } from "./export_plan";
import type { JobStatus } from "./job_status";

export interface Scores {
  truth: string;
  /** 0–1; null where nothing is compared with nothing. */
  dice: number | null;
  iou: number | null;
  precision: number | null;
  recall: number | null;
  threshold: number;
  best_threshold: number;
  best_dice: number | null;
  slices: number;
  /** Dice above each of the levels 0 … 255. */
  curve: (number | null)[];
  /** Slice and its Dice. */
  per_slice: [number, number | null][];
}

export interface Result {
  path: string;
  /** Of the model. */
  title: string;
  scores: Scores | null;
}

/** One tomogram; kept in step with widgets/segmenting_service.py. */
export interface ExportInfo {
  uid: string;
  name: string;
  /** uid of the tomogram when it is open here. */
  tomogram: string | null;
  models: string[];
  status: JobStatus;
  notes: string[];
  outputs: Result[];
}

export interface ExportRequest extends ExportOptions {
  models: string[];
  tomograms: string[];
  files: string;
  folder: string;
  overwrite: boolean;
}

const BUSY = new Set(["waiting", "running"]);

export class ExportQueue {
  readonly entries = signal<ExportInfo[]>([]);
  readonly folder = signal("");
  /** What went wrong with the latest request, shown in the panel. */
  readonly error = signal<string | null>(null);
  readonly busy = computed(() => this.entries.value.some(({ status }) => BUSY.has(status.state)));
  private stop: () => void;

  constructor(private link: Link) {
    this.stop = link.on("exports", (content) => this.take(content));
  }

  async open(): Promise<void> {
    const answer = await this.ask("exports");
    if (!answer) return;
    this.take(answer.content);
    this.folder.value = String(answer.content.folder);
  }

  async add(request: ExportRequest): Promise<boolean> {
    return (await this.ask("export", { ...request })) !== null;
  }

  cancel(uid?: string): void {
    void this.ask("export_cancel", { export: uid ?? null });
  }

  retry(uid: string, overwrite: boolean): void {
    void this.ask("export_retry", { export: uid, overwrite });
  }

  clear(): void {
    void this.ask("export_clear");
  }

  score(path: string, truth: string, threshold: number, ignore: number[]): Promise<Answer | null> {
    return this.ask("score", { path, truth, threshold, ignore });
  }

  /** Finished results on one open tomogram, the newest for each model. */
  resultsOn(tomogram: string): Result[] {
    const found = new Map<string, Result>();
    for (const entry of this.entries.value)
      if (entry.tomogram === tomogram) for (const result of entry.outputs) found.set(result.title, result);
    return [...found.values()];
  }

  close(): void {
    this.stop();
  }

  private take(content: Content): void {
    this.entries.value = content.exports as ExportInfo[];
  }

  private async ask(kind: string, content: Content = {}): Promise<Answer | null> {
    this.error.value = null;
    try {
      return await this.link.request(kind, content);
    } catch (error) {
      this.error.value = error instanceof Error ? error.message : String(error);
      return null;
    }
  }
}
