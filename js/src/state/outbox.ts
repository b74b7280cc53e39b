// What this page changed, on its way to the kernel: in order, each exactly once, kept until the kernel has confirmed it.
// A busy kernel answers late; a message that was lost is sent again.
import { signal } from "@preact/signals";
import type { Delivered, MakeEdits, Travel } from "../kernel/generated/wire";
import { isAbort, type Link } from "../kernel/protocol";

/** Changes, before they are numbered. */
export interface Changes {
  edit: Omit<MakeEdits, "client" | "seq">;
  undo: Omit<Travel, "client" | "seq">;
  redo: Omit<Travel, "client" | "seq">;
}

export type Change = { [K in keyof Changes]: { kind: K; content: Changes[K] } }[keyof Changes];

/** A change on its way. */
export interface Letter {
  seq: number;
  change: Change;
  buffers: Uint8Array[];
}

/** Who looks after changes while they are on their way. */
export interface Keeper {
  sent(letter: Letter): void;
  confirmed(letter: Letter): void;
}

const HEARTBEAT = 4000;

export class Outbox {
  /** Changes that the kernel has not confirmed yet. */
  readonly pending = signal(0);
  private letters: Letter[] = [];
  private seq = 0;
  private timer: ReturnType<typeof setInterval>;
  private asking = false;

  constructor(
    private link: Link,
    readonly client: string,
    private delivered: (change: Change, answer: Delivered) => void,
    private failed: (error: unknown) => void,
    /** Called from time to time with the kernel's revisions, while nothing is on its way. */
    private idle: (revisions: Readonly<Record<string, number>>) => void,
    private keeper: Keeper,
  ) {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT);
  }

  /** Sends a change and returns its number. */
  send(change: Change, buffers: Uint8Array[] = []): number {
    const letter = { seq: ++this.seq, change, buffers };
    this.letters.push(letter);
    this.keeper.sent(letter);
    this.pending.value = this.letters.length;
    void this.post(letter);
    return letter.seq;
  }

  /** The number that the next change will get. */
  get next(): number {
    return this.seq + 1;
  }

  /** Whether a change that is on the way satisfies `test`. */
  some(test: (change: Change) => boolean): boolean {
    return this.letters.some(({ change }) => test(change));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async post(letter: Letter): Promise<void> {
    const { seq, change, buffers } = letter;
    const numbered = { ...change.content, client: this.client, seq };
    try {
      const { content } = await this.link.request(change.kind, numbered as MakeEdits, { buffers });
      if ("gap" in content) return; // an earlier one was lost: the heartbeat sends all of them again
      if (!this.letters.includes(letter)) return;
      this.remove(letter);
      this.delivered(change, content);
    } catch (error) {
      if (isAbort(error)) return;
      this.remove(letter);
      this.failed(error);
    }
  }

  private remove(letter: Letter): void {
    this.letters = this.letters.filter((other) => other !== letter);
    this.keeper.confirmed(letter);
    this.pending.value = this.letters.length;
  }

  /** What was sent before a question that has been answered, and has no answer itself, was lost. */
  private async beat(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const before = [...this.letters];
    try {
      const { content } = await this.link.request("heartbeat", { client: this.client });
      const lost = this.letters.filter((letter) => before.includes(letter));
      for (const letter of lost) void this.post(letter);
      if (this.letters.length === 0) this.idle(content.revisions);
    } catch {
      // No kernel: nothing to do until it is back.
    } finally {
      this.asking = false;
    }
  }
}
