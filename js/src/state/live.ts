// Forests that follow the brush: the kernel grows them after each stroke and announces their weights as those of any model.
import { signal } from "@preact/signals";
import type { Live } from "../kernel/generated/wire";
import type { Link } from "../kernel/protocol";
import type { TomogramSet } from "./tomogram_set";
import type { Viewer } from "./viewer";

export type { Live };

export class LiveForests {
  readonly state = signal<Live>({ on: false, learning: "", settled: true, seconds: 0, note: "" });
  private stop: () => void;

  constructor(
    link: Link,
    private tomograms: TomogramSet,
  ) {
    this.stop = link.on("live", (content) => this.take(content));
  }

  async open(): Promise<void> {
    const answer = await this.tomograms.ask("live");
    if (answer) this.take(answer.content);
  }

  close(): void {
    this.stop();
  }

  /** Switches it; what is found is shown from then on, and the slice in view is measured before the first stroke. */
  async toggle({ tomogram, position, predictions }: Viewer): Promise<void> {
    const on = !this.state.peek().on;
    this.state.value = { ...this.state.peek(), on };
    if (on && !predictions.on.peek()) predictions.toggle();
    const view = { tomogram: tomogram.peek()?.uid ?? null, z: position.peek().z };
    const answer = await this.tomograms.ask("live_set", on ? { on, ...view } : { on });
    if (answer) this.take(answer.content);
    else this.state.value = { ...this.state.peek(), on: !on };
  }

  private take(content: Live): void {
    this.state.value = content;
  }
}
