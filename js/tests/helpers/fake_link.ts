// A kernel that answers when the test says so; questions, answers and events are typed by the declarations.
import type { Events, Offer } from "../../src/kernel/generated/wire";
import {
  type Answer,
  type Asking,
  type EventName,
  type Found,
  KernelError,
  type Kind,
  type Link,
  type Question,
} from "../../src/kernel/protocol";

export interface Asked<K extends Kind = Kind> {
  kind: K;
  content: Question<K>;
  /** Whether it was withdrawn. */
  withdrawn: boolean;
  answer(content: Found<K>, ...buffers: Uint8Array[]): Promise<void>;
  refuse(message: string, offer?: Offer): Promise<void>;
}

type Handler = (content: never, buffers: DataView[]) => void;

export class FakeLink implements Link {
  readonly asked: Asked[] = [];
  alive: (alive: boolean) => void = () => {};
  /** Milliseconds that the oldest request has waited. */
  waits = 0;
  private handlers = new Map<string, Set<Handler>>();

  request<K extends Kind>(kind: K, ...[question, options]: Asking<K>): Promise<Answer<Found<K>>> {
    return new Promise((resolve, reject) => {
      const asked: Asked<K> = {
        kind,
        content: structuredClone(question ?? {}) as Question<K>,
        withdrawn: false,
        answer: async (found, ...buffers) => {
          const views = buffers.map((b) => new DataView(b.buffer, b.byteOffset, b.byteLength));
          resolve({ content: found, buffers: views });
          await settled();
        },
        refuse: async (message, offer) => {
          reject(new KernelError(message, "InputError", offer));
          await settled();
        },
      };
      this.asked.push(asked as unknown as Asked);
      options?.signal?.addEventListener("abort", () => {
        asked.withdrawn = true;
        reject(new DOMException("cancelled", "AbortError"));
      });
    });
  }

  /** What was asked of one kind, in order. */
  of<K extends Kind>(kind: K): Asked<K>[] {
    return this.asked.filter((one) => one.kind === kind) as unknown as Asked<K>[];
  }

  /** The latest question of one kind. */
  last<K extends Kind>(kind: K): Asked<K> {
    const found = this.of(kind).at(-1);
    if (!found) throw new Error(`nobody has asked for ${kind}`);
    return found;
  }

  on<E extends EventName>(event: E, handler: (content: Events[E], buffers: DataView[]) => void): () => void {
    const all = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, all.add(handler as Handler));
    return () => all.delete(handler as Handler);
  }

  tell<E extends EventName>(event: E, content: Events[E]): void {
    for (const handler of this.handlers.get(event) ?? []) handler(content as never, []);
  }

  onAlive(handler: (alive: boolean) => void): () => void {
    const before = this.alive;
    this.alive = (alive) => {
      before(alive);
      handler(alive);
    };
    return () => {};
  }

  waiting(): number {
    return this.waits;
  }

  close(): void {}
}

export const settled = () => new Promise<void>((done) => setTimeout(done, 0));
