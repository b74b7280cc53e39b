// The places where a model is least certain: the kernel searches, a click goes there.
import { signal } from "@preact/signals";
import type { Places as Found, Place } from "../kernel/generated/wire";
import type { Link } from "../kernel/protocol";
import type { JobStatus } from "./job_status";
import type { ModelState } from "./model_set";
import type { TomogramState } from "./tomogram";
import type { TomogramSet } from "./tomogram_set";
import type { Viewer } from "./viewer";

export type { Place };

/** Smallest magnification at which a place is shown, in CSS pixels per image pixel. */
const CLOSE = 2;

export class Places {
  readonly found = signal<readonly Place[]>([]);
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

  async find(tomogram: TomogramState, model: ModelState): Promise<void> {
    const feature = tomogram.activeFeature?.uid ?? null;
    const question = { tomogram: tomogram.uid, model: model.uid, feature };
    const answer = await this.tomograms.ask("uncertain_find", question);
    if (answer && this.status.peek()?.state !== "done") this.take(answer.content);
  }

  cancel(): void {
    void this.tomograms.ask("uncertain_cancel");
  }

  private take({ status, tomogram, places }: Found): void {
    this.status.value = status;
    this.tomogram.value = tomogram;
    this.found.value = places;
  }
}

/** Shows a place in the middle of the view, close enough to judge it. */
export function goToPlace({ camera, position }: Pick<Viewer, "camera" | "position">, place: Place): void {
  const { z, y, x } = place;
  const scale = Math.max(CLOSE, camera.peek()?.scale ?? 0);
  position.value = { z, y, x };
  camera.value = { x: x + 0.5, y: y + 0.5, scale };
}
