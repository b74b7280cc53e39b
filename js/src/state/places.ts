// The places where a model is least certain: the kernel searches, a click goes there.
import { signal } from "@preact/signals";
import type { Content, Link } from "../kernel/protocol";
import type { JobStatus } from "./job_status";
import type { ModelState } from "./model_set";
import type { TomogramSet } from "./tomogram_set";
import type { Viewer } from "./viewer";

/** Centre of a box in pixels, and bits per pixel. */
export interface Place {
  z: number;
  y: number;
  x: number;
  score: number;
}

/** CSS pixels per image pixel at which a place is shown at least. */
const CLOSE = 2;

export class Places {
  readonly found = signal<Place[]>([]);
  readonly status = signal<JobStatus | null>(null);
  /** uid of the tomogram that was searched. */
  readonly tomogram = signal("");
  private stop: () => void;

  constructor(
    link: Link,
    private tomograms: TomogramSet,
  ) {
    this.stop = link.on("uncertain", (content) => this.take(content));
  }

  async open(): Promise<void> {
    const answer = await this.tomograms.ask("uncertain");
    if (answer) this.take(answer.content);
  }

  close(): void {
    this.stop();
  }

  async find(viewer: Viewer, model: ModelState): Promise<void> {
    const tomogram = viewer.tomogram.peek();
    if (!tomogram) return;
    const feature = tomogram.activeFeature?.uid ?? null;
    const question = { tomogram: tomogram.uid, model: model.uid, feature };
    const answer = await this.tomograms.ask("uncertain_find", question);
    if (answer && this.status.peek()?.state !== "done") this.take(answer.content);
  }

  cancel(): void {
    void this.tomograms.ask("uncertain_cancel");
  }

  private take(content: Content): void {
    this.status.value = content.status as JobStatus | null;
    this.tomogram.value = String(content.tomogram);
    this.found.value = content.places as Place[];
  }
}

/** Shows a place in the middle of the view, close enough to judge it. */
export function goToPlace(viewer: Viewer, { z, y, x }: Place): void {
  const scale = Math.max(CLOSE, viewer.camera.peek()?.scale ?? 0);
  viewer.position.value = { z, y, x };
  viewer.camera.value = { x: x + 0.5, y: y + 0.5, scale };
}
