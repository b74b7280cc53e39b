// Segmentations that are waiting, running or have ended, as the kernel reports them.
import { computed, signal } from "@preact/signals";
import type { Export, ExportInfo, ExportsChanged, Result, Scores } from "../kernel/generated/wire";
import { type Answer, type Asking, type Found, type Kind, type Link, messageOf } from "../kernel/protocol";
import { isGoing } from "./job_status";

export type { ExportInfo, Result, Scores };

export class ExportQueue {
  readonly entries = signal<readonly ExportInfo[]>([]);
  readonly folder = signal("");
  /** What went wrong with the latest request, shown in the panel. */
  readonly error = signal<string | null>(null);
  readonly busy = computed(() => this.entries.value.some(({ status }) => isGoing(status.state)));
  private stop: () => void;

  constructor(private link: Link) {
    this.stop = link.on("exports", (news) => this.change(news));
  }

  async open(): Promise<void> {
    const answer = await this.ask("exports");
    if (!answer) return;
    this.entries.value = answer.content.exports;
    this.folder.value = answer.content.folder;
  }

  async add(wanted: Export): Promise<boolean> {
    return (await this.ask("export", wanted)) !== null;
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

  score(path: string, truth: string, threshold: number, ignore: number[]): Promise<Answer<Scores> | null> {
    return this.ask("score", { path, truth, threshold, ignore });
  }

  /** Finished results on one open tomogram, the newest for each model. */
  resultsOn(tomogram: string): Result[] {
    const found = new Map<string, Result>();
    for (const entry of this.entries.value)
      if (entry.tomogram === tomogram) for (const result of entry.outputs) found.set(result.title, result);
    return [...found.values()];
  }

  private change({ changed, order }: ExportsChanged): void {
    const known = new Map(this.entries.peek().map((entry) => [entry.uid, entry]));
    for (const entry of changed) if (order !== null || known.has(entry.uid)) known.set(entry.uid, entry);
    const uids = order ?? [...known.keys()];
    this.entries.value = uids.map((uid) => known.get(uid)).filter((entry) => entry !== undefined);
  }

  close(): void {
    this.stop();
  }

  private async ask<K extends Kind>(kind: K, ...asking: Asking<K>): Promise<Answer<Found<K>> | null> {
    this.error.value = null;
    try {
      return await this.link.request(kind, ...asking);
    } catch (error) {
      this.error.value = messageOf(error);
      return null;
    }
  }
}
