// What this page changed, on its way to the kernel: in order, each exactly once, kept until the kernel has said so.
// A busy kernel answers late; a message that was lost is sent again.
import { signal } from "@preact/signals";
import type { Answer, Content, Link } from "../kernel/protocol";
import { isAbort, KernelError } from "../kernel/protocol";

interface Letter {
  seq: number;
  kind: string;
  content: Content;
  buffers: Uint8Array[];
}

export type Delivered = (kind: string, content: Content, answer: Answer) => void;

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
    private delivered: Delivered,
    private failed: (message: string) => void,
    /** Called now and then with the kernel's revisions, when nothing is on the way. */
    private idle: (revisions: Record<string, number>) => void,
  ) {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT);
  }

  /** Sends a change; the number it gets names it. */
  send(kind: string, content: Content, buffers: Uint8Array[] = []): number {
    const letter = { seq: ++this.seq, kind, content, buffers };
    this.letters.push(letter);
    this.pending.value = this.letters.length;
    void this.post(letter);
    return letter.seq;
  }

  /** The number that the next change will get. */
  get next(): number {
    return this.seq + 1;
  }

  /** Whether a change that is on the way satisfies `test`. */
  some(test: (kind: string, content: Content) => boolean): boolean {
    return this.letters.some((letter) => test(letter.kind, letter.content));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async post(letter: Letter): Promise<void> {
    const content = { ...letter.content, client: this.client, seq: letter.seq };
    try {
      const answer = await this.link.request(letter.kind, content, { buffers: letter.buffers });
      if (answer.content.gap) return; // an earlier one was lost: the heartbeat sends all again
      if (!this.letters.includes(letter)) return;
      this.remove(letter);
      this.delivered(letter.kind, letter.content, answer);
    } catch (error) {
      if (isAbort(error)) return;
      this.remove(letter);
      this.failed(error instanceof KernelError ? error.message : String(error));
    }
  }

  private remove(letter: Letter): void {
    this.letters = this.letters.filter((other) => other !== letter);
    this.pending.value = this.letters.length;
  }

  /** Whatever was sent before a question that has been answered, and has itself no answer, was lost. */
  private async beat(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const before = [...this.letters];
    try {
      const { content } = await this.link.request("heartbeat", { client: this.client });
      const lost = this.letters.filter((letter) => before.includes(letter));
      for (const letter of lost) void this.post(letter);
      if (this.letters.length === 0) this.idle(content.revisions as Record<string, number>);
    } catch {
      // No kernel: nothing to do until it is back.
    } finally {
      this.asking = false;
    }
  }
}
