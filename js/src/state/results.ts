// Finished segmentations over the pictures of one view, read from their files plane by plane.
import { effect, signal } from "@preact/signals";
import type { Axis } from "../geometry/axis";
import type { Link } from "../kernel/protocol";
import { ByteCache } from "../volume/byte_cache";
import type { ExportQueue, Result } from "./export_queue";

export interface ResultPlane {
  path: string;
  /** Of the model. */
  title: string;
  /** Probabilities, 0–255. */
  pixels: Uint8Array;
  width: number;
  height: number;
}

const BUDGET = 64 * 1024 * 1024;

export class Results {
  /** Whether results lie over the picture; where they do, the same model's live prediction does not. */
  readonly on = signal(false);
  /** Paths that are not shown although they are there. */
  readonly hidden = signal<ReadonlySet<string>>(new Set());
  /** Counts planes that have arrived, so that they are drawn. */
  readonly arrived = signal(0);
  /** Keys of the planes on the screen. */
  private wanted = new Map<Axis, ReadonlySet<string>>();
  private kept = new ByteCache<ResultPlane>(
    BUDGET,
    ({ pixels }) => pixels.byteLength,
    (key) => [...this.wanted.values()].some((keys) => keys.has(key)),
  );
  private asking = new Map<string, { axis: Axis; stop: AbortController }>();
  private made = new Map<string, number>();
  private stop: () => void;

  constructor(
    private link: Link,
    private queue: ExportQueue,
  ) {
    // A file that was written again holds something else.
    this.stop = effect(() => {
      for (const { outputs, status } of queue.entries.value)
        for (const { path } of outputs) {
          if (this.made.has(path) && this.made.get(path) !== status.elapsed) this.forget(path);
          this.made.set(path, status.elapsed);
        }
    });
  }

  toggle(path: string): void {
    const hidden = new Set(this.hidden.peek());
    if (!hidden.delete(path)) hidden.add(path);
    this.hidden.value = hidden;
  }

  /** Results of a tomogram that are shown. */
  of(tomogram: string): Result[] {
    if (!this.on.value) return [];
    return this.queue.resultsOn(tomogram).filter(({ path }) => !this.hidden.value.has(path));
  }

  /** Planes at hand of what is shown of a tomogram; those that are missing are asked for. */
  planes(tomogram: string, axis: Axis, index: number): ResultPlane[] {
    const wanted = this.of(tomogram).map((result) => ({ ...result, key: `${result.path}/${axis}/${index}` }));
    const keys = new Set(wanted.map(({ key }) => key));
    this.wanted.set(axis, keys);
    for (const [key, { axis: other, stop }] of this.asking)
      if (other === axis && !keys.has(key)) stop.abort(); // scrolled by
    const found: ResultPlane[] = [];
    for (const { key, path, title } of wanted) {
      const plane = this.kept.get(key);
      if (plane) found.push(plane);
      else if (!this.asking.has(key)) void this.fetch(key, path, title, axis, index);
    }
    return found;
  }

  close(): void {
    this.stop();
    for (const { stop } of this.asking.values()) stop.abort();
  }

  private async fetch(key: string, path: string, title: string, axis: Axis, index: number): Promise<void> {
    const stop = new AbortController();
    this.asking.set(key, { axis, stop });
    try {
      const question = { path, axis, index };
      const { content, buffers } = await this.link.request<{ width: number; height: number }>(
        "result_slice",
        question,
        { signal: stop.signal },
      );
      const { buffer, byteOffset, byteLength } = buffers[0];
      const pixels = new Uint8Array(buffer, byteOffset, byteLength);
      this.kept.put(key, { path, title, pixels, ...content });
      this.arrived.value++;
    } catch {
      // Withdrawn, or the file is gone: nothing is drawn, and the list of results says so.
    } finally {
      this.asking.delete(key);
    }
  }

  private forget(path: string): void {
    this.kept.forget((_, plane) => plane.path === path);
    this.arrived.value++;
  }
}
