// Decides what to fetch: the visible slice first (coarse first when the link is slow), then neighbours in the direction
// of travel; requests for slices that have scrolled by are cancelled.
import { keyText, type Slice, type SliceKey } from "./slice";
import { SliceCache } from "./slice_cache";

export type FetchSlice = (key: SliceKey, step: number, signal: AbortSignal) => Promise<Slice>;

export interface LoaderOptions {
  budget: number;
  /** How many slices ahead are fetched. */
  ahead: number;
  /** Requests in flight at once. */
  parallel: number;
  /** Where a full slice is expected to take more milliseconds than this, a coarse one is fetched first. */
  patience: number;
  /** Milliseconds without an answer after which a message counts as lost and is sent again; doubled each time. */
  deadline: number;
  /** Calls back when the visible slice has been drawn; fetching ahead before that would slow it down. */
  whenDrawn: (then: () => void) => void;
}

const DEFAULTS: LoaderOptions = {
  budget: 256 * 1024 * 1024,
  ahead: 8,
  parallel: 2,
  patience: 250,
  deadline: 10_000,
  whenDrawn: queueMicrotask,
};
const COARSE = 4;

interface Fetching {
  key: SliceKey;
  stop: AbortController;
}

export class SliceLoader {
  readonly cache: SliceCache;
  private options: LoaderOptions;
  private fetching = new Map<string, Fetching>();
  private wanted: SliceKey[] = [];
  private visible = new Map<string, SliceKey>();
  /** Number of slices along z, and bytes of each: what is fetched ahead. */
  private stack = { count: 0, bytes: 1 };
  private direction = 1;
  private millisecondsPerByte = 0;
  private drawing = false;
  /** Number of unanswered requests for each slice. */
  private vain = new Map<string, number>();

  constructor(
    private fetch: FetchSlice,
    /** Called when a slice (perhaps coarse) can be shown, or with an error. */
    private onSlice: (key: SliceKey, slice: Slice | null, error?: unknown) => void,
    options: Partial<LoaderOptions> = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.cache = new SliceCache(this.options.budget);
  }

  /** Says which slice a view shows now, and returns it if it is in the cache. */
  show(view: string, key: SliceKey, count: number, bytes: number): Slice | undefined {
    const before = this.visible.get(view);
    if (before && before.axis === key.axis && before.index !== key.index)
      this.direction = Math.sign(key.index - before.index);
    this.visible.set(view, key);
    if (before?.index !== key.index || before.tomogram !== key.tomogram) this.waitForDrawing();
    if (view === "z") this.stack = { count, bytes };
    const found = this.cache.get(key);
    this.plan(bytes);
    return found && found.step === 1 ? found : (this.cache.get(key) ?? undefined);
  }

  hide(view: string): void {
    this.visible.delete(view);
  }

  close(): void {
    for (const { stop } of this.fetching.values()) stop.abort();
    this.fetching.clear();
    this.wanted = [];
  }

  private needed(key: SliceKey): boolean {
    const found = this.cache.get(key);
    return !found || found.step > 1;
  }

  private plan(bytes: number): void {
    const wanted = [...this.visible.values()].filter((key) => this.needed(key));
    const main = this.visible.get("z");
    if (main) {
      const { count } = this.stack;
      // Fetching ahead in one direction and then in the other must not evict the slices in between.
      const room = Math.floor(this.options.budget / (4 * Math.max(1, this.stack.bytes)));
      const ahead = Math.min(this.options.ahead, room);
      for (let i = 1; i <= ahead; i++)
        for (const offset of i <= 2 ? [i, -i] : [i]) {
          const index = main.index + offset * this.direction;
          if (index >= 0 && index < count && !this.cache.has({ ...main, index }))
            wanted.push({ ...main, index });
        }
    }
    this.wanted = wanted;
    const names = new Set(wanted.map(keyText));
    for (const [name, { stop }] of this.fetching) if (!names.has(name)) stop.abort();
    this.next(bytes);
  }

  private next(bytes: number): void {
    const shown = [...this.visible.values()];
    const visible = new Set(shown.map(keyText));
    const busy = shown.some((key) => this.needed(key) && this.wanted.includes(key));
    for (const key of this.wanted) {
      const name = keyText(key);
      if (this.fetching.has(name)) continue;
      // The visible slice never queues behind its neighbours, nor competes with them for the connection.
      if (!visible.has(name) && (busy || this.drawing || this.fetching.size >= this.options.parallel)) return;
      const slow = this.millisecondsPerByte * bytes > this.options.patience;
      void this.load(key, slow && visible.has(name) && !this.cache.has(key), bytes);
    }
  }

  private async load(key: SliceKey, coarseFirst: boolean, bytes: number): Promise<void> {
    const name = keyText(key);
    const stop = new AbortController();
    this.fetching.set(name, { key, stop });
    const again = () => {
      this.vain.set(name, (this.vain.get(name) ?? 0) + 1);
      stop.abort();
    };
    const expected = Math.max(this.options.deadline, 4 * this.millisecondsPerByte * bytes);
    const late = setTimeout(again, expected * 2 ** (this.vain.get(name) ?? 0));
    try {
      if (coarseFirst) this.arrived(key, await this.fetch(key, COARSE, stop.signal));
      const start = performance.now();
      const slice = await this.fetch(key, 1, stop.signal);
      const rate = (performance.now() - start) / Math.max(1, slice.pixels.byteLength);
      this.millisecondsPerByte = this.millisecondsPerByte
        ? 0.7 * this.millisecondsPerByte + 0.3 * rate
        : rate;
      this.vain.delete(name);
      this.arrived(key, slice);
    } catch (error) {
      if (!stop.signal.aborted) {
        this.wanted = this.wanted.filter((wanted) => keyText(wanted) !== name);
        this.onSlice(key, null, error);
      }
    } finally {
      clearTimeout(late);
      this.fetching.delete(name);
      this.wanted = this.wanted.filter((wanted) => this.needed(wanted));
      this.next(bytes);
    }
  }

  /** Steady scrolling does not postpone it indefinitely: that is when slices ahead are needed. */
  private waitForDrawing(): void {
    if (this.drawing) return;
    this.drawing = true;
    this.options.whenDrawn(() => {
      this.drawing = false;
      this.next(this.stack.bytes);
    });
  }

  private arrived(key: SliceKey, slice: Slice): void {
    if ([...this.visible.values()].some((one) => keyText(one) === keyText(key))) this.waitForDrawing();
    this.cache.put(key, slice);
    this.onSlice(key, slice);
  }
}
