// Particles of the tomograms: the kernel finds and keeps them, here they are asked for and shown.
import { signal } from "@preact/signals";
import type { Position } from "../geometry/axis";
import type { FindPicks, PickedList, PickSettings, Segmented } from "../kernel/generated/wire";
import type { TomogramSet } from "./tomogram_set";

export interface PickList extends Omit<PickedList, "tomogram"> {
  /** z, y, x of one after the other, in voxels. */
  places: Float32Array;
}

/** What the window begins with. */
const START: PickSettings = {
  method: "centroids",
  threshold: 128,
  min_diameter: 0,
  spacing: 100,
  min_length: 500,
  margin: 0,
};
const DIAMETER = 200; // Å

export class PickSet {
  /** Whether picks are shown over the picture and undo takes back their steps. */
  readonly on = signal(false);
  readonly lists = signal<ReadonlyMap<string, PickList>>(new Map());
  /** Segmentations of the shown tomogram. */
  readonly segmentations = signal<readonly Segmented[]>([]);
  /** Path of the segmentation to pick from. */
  readonly source = signal("");
  readonly settings = signal<PickSettings>(START);
  /** Of the circles, Å. */
  readonly diameter = signal(DIAMETER);
  readonly busy = signal(false);
  /** The latest question that has not been asked yet: a slider moves faster than picking goes. */
  private waiting: FindPicks | null = null;
  private stop: () => void;

  constructor(private tomograms: TomogramSet) {
    this.stop = tomograms.link.on("picks", (content, buffers) => this.take(content, buffers));
  }

  close(): void {
    this.waiting = null;
    this.stop();
  }

  of(tomogram: string | undefined): PickList | undefined {
    return tomogram === undefined ? undefined : this.lists.value.get(tomogram);
  }

  /** Fetches what there is of a tomogram, and from what could be picked. */
  async open(tomogram: string): Promise<void> {
    const [listed, found] = await Promise.all([
      this.tomograms.ask("picks", { tomogram }),
      this.tomograms.ask("segmentations", { tomogram }),
    ]);
    if (listed) this.take(listed.content, listed.buffers);
    if (!found) return;
    const { segmentations } = found.content;
    this.segmentations.value = segmentations;
    if (!segmentations.some(({ path }) => path === this.source.peek()))
      this.source.value = segmentations[0]?.path ?? "";
  }

  /** Changes settings and picks anew, unless nothing has been picked yet. */
  set(tomogram: string, part: Partial<PickSettings>): void {
    this.settings.value = { ...this.settings.peek(), ...part };
    if (this.lists.peek().get(tomogram)?.undo) void this.find(tomogram);
  }

  /** Picks; while the kernel is at it, only the latest question waits. */
  async find(tomogram: string): Promise<void> {
    if (!this.source.peek()) return;
    this.waiting = { tomogram, path: this.source.peek(), ...this.settings.peek() };
    if (this.busy.peek()) return;
    this.busy.value = true;
    while (this.waiting) {
      const question: FindPicks = this.waiting;
      this.waiting = null;
      const answer = await this.tomograms.ask("picks_find", question, { patient: true });
      if (answer) this.take(answer.content, answer.buffers);
    }
    this.busy.value = false;
  }

  async add(tomogram: string, { z, y, x }: Position): Promise<void> {
    const answer = await this.tomograms.ask("pick_add", { tomogram, z, y, x });
    if (answer) this.take(answer.content, answer.buffers);
  }

  /** Removes the nearest one within `reach` voxels. */
  async remove(tomogram: string, { z, y, x }: Position, reach: number): Promise<void> {
    const answer = await this.tomograms.ask("pick_remove", { tomogram, z, y, x, reach });
    if (answer) this.take(answer.content, answer.buffers);
  }

  async travel(tomogram: string, kind: "undo" | "redo"): Promise<void> {
    const answer = await this.tomograms.ask(`picks_${kind}`, { tomogram });
    if (answer) this.take(answer.content, answer.buffers);
  }

  /** Writes a STAR file; returns its path. */
  async save(tomogram: string, path: string): Promise<string | null> {
    const answer = await this.tomograms.ask("picks_save", { tomogram, path });
    return answer?.content.path ?? null;
  }

  private take({ tomogram, ...list }: PickedList, buffers: DataView[]): void {
    const { buffer, byteOffset, byteLength } = buffers[0];
    const places = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    const next = new Map(this.lists.peek());
    const note = list.note || (list.count === 0 ? (next.get(tomogram)?.note ?? "") : "");
    this.lists.value = next.set(tomogram, { ...list, note, places });
  }
}
