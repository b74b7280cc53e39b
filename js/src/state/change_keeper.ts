// Puts the changes of this page aside until the kernel has confirmed them. One that is confirmed soon, as nearly all are,
// never reaches the disk.
import { signal } from "@preact/signals";
import type { KeptChange, KeptChanges } from "./kept_changes";
import type { Change, Letter } from "./outbox";

/** Milliseconds after which a change without an answer is kept. */
const PATIENCE = 250;

export class ChangeKeeper {
  /** Whether the browser keeps what is painted. */
  readonly works = signal(true);
  private waiting = new Map<Letter, KeptChange>();
  private kept = new Map<Letter, KeptChange>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private store: KeptChanges | null,
    private client: string,
    /** To what a change belongs. */
    private describe: (change: Change) => Pick<KeptChange, "tomogram" | "titles"> | null,
  ) {
    this.works.value = store !== null;
    globalThis.addEventListener?.("pagehide", this.write);
  }

  sent(letter: Letter): void {
    const about = this.store && this.describe(letter.change);
    if (!about) return;
    const { seq, change, buffers } = letter;
    this.waiting.set(letter, { client: this.client, seq, change, buffers, ...about, time: Date.now() });
    this.timer ??= setTimeout(this.write, PATIENCE);
  }

  confirmed(letter: Letter): void {
    this.waiting.delete(letter);
    const written = this.kept.get(letter);
    if (!written) return;
    this.kept.delete(letter);
    this.inTurn(() => this.store!.forget([written]));
  }

  /** Settles when all that was begun is on the disk. */
  settled(): Promise<void> {
    return this.writing;
  }

  close(): void {
    this.write();
    globalThis.removeEventListener?.("pagehide", this.write);
  }

  private write = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.size === 0) return;
    const changes = [...this.waiting.values()];
    for (const [letter, change] of this.waiting) this.kept.set(letter, change);
    this.waiting.clear();
    this.inTurn(() => this.store!.keep(changes));
  };

  /** What is forgotten must not be written after that. */
  private inTurn(act: () => Promise<void>): void {
    this.writing = this.writing.then(act).then(
      () => {
        this.works.value = true;
      },
      () => {
        this.works.value = false;
      },
    );
  }
}
