// What the models find in the slice that one view shows: asked for as it is needed, the newest wish first.
import { computed, effect, signal } from "@preact/signals";
import { isAbort } from "../kernel/protocol";
import { ByteCache } from "../volume/byte_cache";
import type { ModelSet } from "./model_set";
import type { Viewer } from "./viewer";

/** One model's probabilities, 0–255, of the whole slice. */
export interface PredictionLayer {
  model: string;
  pixels: Uint8Array;
  /** What a person should know of it, such as that the slice was rescaled; "" nothing. */
  note: string;
}

export interface Prediction {
  tomogram: string;
  z: number;
  width: number;
  height: number;
  layers: PredictionLayer[];
}

interface Wish {
  tomogram: string;
  z: number;
  /** The slice, the models and how they are applied. */
  key: string;
}

const BUDGET = 96 * 1024 * 1024;
/** Milliseconds after which a hint says that it takes longer. */
const LATE = 300;

export class Predictions {
  /** Whether the view shows predictions, where there are any. */
  readonly on = signal(true);
  /** Of the slice in view; null while there is none. Never that of another slice. */
  readonly shown = signal<Prediction | null>(null);
  /** Models that were copied into the annotation of the slice in view: the drawing stands in their place. */
  readonly copied = signal<ReadonlySet<string>>(new Set());
  readonly late = signal(false);
  readonly error = signal<string | null>(null);
  private wish: Wish | null = null;
  private asking: { wish: Wish; stop: AbortController } | null = null;
  private kept = new ByteCache<Prediction>(BUDGET, size);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stop: () => void;

  constructor(
    private viewer: Viewer,
    models: ModelSet,
  ) {
    const wanted = computed((): string => {
      const tomogram = viewer.tomogram.value;
      const outcome = models.outcome.value;
      if (!this.on.value || !outcome || !tomogram) return "";
      const { available, voxelSize, region } = tomogram.info.value;
      const { z } = viewer.position.value;
      if (!available) return "";
      return JSON.stringify({
        tomogram: tomogram.uid,
        z,
        key: [tomogram.uid, z, voxelSize, region, outcome].join("/"),
      });
    });
    this.stop = effect(() => {
      const text = wanted.value;
      this.want(text ? (JSON.parse(text) as Wish) : null);
    });
  }

  toggle(): void {
    this.copied.value = new Set();
    this.on.value = !this.on.peek();
  }

  close(): void {
    this.stop();
    clearTimeout(this.timer);
    this.asking?.stop.abort();
    this.asking = null;
    this.wish = null;
  }

  /** What is kept of a tomogram is of another file now. */
  forget(tomogram: string): void {
    this.kept.forget((_, prediction) => prediction.tomogram === tomogram);
    if (this.shown.peek()?.tomogram === tomogram) this.shown.value = null;
    const { wish } = this;
    this.wish = null;
    this.want(wish);
  }

  private want(wish: Wish | null): void {
    this.wish = wish;
    const shown = this.shown.peek();
    if (shown && (shown.tomogram !== wish?.tomogram || shown.z !== wish.z)) {
      this.shown.value = null;
      this.copied.value = new Set();
    }
    // A slice that has scrolled by is withdrawn. One that is still in view is finished although its models learn on:
    // else nothing would ever arrive while they do.
    const { asking } = this;
    if (asking && (asking.wish.tomogram !== wish?.tomogram || asking.wish.z !== wish.z)) this.withdraw();
    const known = wish && this.kept.get(wish.key);
    if (wish && known) this.show(known);
    else if (!wish) this.rest();
    else if (!this.asking) void this.ask(wish);
  }

  private async ask(wish: Wish): Promise<void> {
    const stop = new AbortController();
    const asking = { wish, stop };
    this.asking = asking;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late.value = this.shown.peek() === null;
    }, LATE);
    try {
      const { tomogram, z } = wish;
      const options = { signal: stop.signal, patient: true };
      const { content, buffers } = await this.viewer.tomograms.link.request<{
        width: number;
        height: number;
        layers: { model: string; note: string }[];
      }>("predict", { tomogram, z }, options);
      const layers = content.layers.map((layer, i) => {
        const { buffer, byteOffset, byteLength } = buffers[i];
        return { ...layer, pixels: new Uint8Array(buffer, byteOffset, byteLength) };
      });
      const found = { tomogram, z, width: content.width, height: content.height, layers };
      this.kept.put(wish.key, found);
      if (this.asking === asking) this.show(found);
    } catch (error) {
      if (this.asking === asking && !isAbort(error)) {
        this.rest();
        this.error.value = error instanceof Error ? error.message : String(error);
        this.shown.value = null;
      }
    }
    if (this.asking !== asking) return;
    this.asking = null;
    const next = this.wish;
    if (next && next.key !== wish.key) this.want(next); // the models have learned on meanwhile
  }

  private show(found: Prediction): void {
    this.rest();
    this.shown.value = found;
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.late.value = false;
    this.error.value = null;
  }

  private withdraw(): void {
    this.asking?.stop.abort();
    this.asking = null;
    this.rest();
  }
}

function size({ layers }: Prediction): number {
  return layers.reduce((sum, layer) => sum + layer.pixels.byteLength, 0);
}
