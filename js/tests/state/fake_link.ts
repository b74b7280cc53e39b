// A kernel that answers when the test says so.
import type { Answer, Content, EventHandler, Link, RequestOptions } from "../../src/kernel/protocol";

export interface Asked {
  kind: string;
  content: Content;
  /** Whether it was withdrawn. */
  withdrawn: boolean;
  answer(content?: Content, ...buffers: Uint8Array[]): Promise<void>;
  refuse(message: string): Promise<void>;
}

export class FakeLink implements Link {
  readonly asked: Asked[] = [];
  private handlers = new Map<string, Set<EventHandler>>();

  request<T>(kind: string, content: Content = {}, { signal }: RequestOptions = {}): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const asked: Asked = {
        kind,
        content: structuredClone(content),
        withdrawn: false,
        answer: async (found = {}, ...buffers) => {
          const views = buffers.map((b) => new DataView(b.buffer, b.byteOffset, b.byteLength));
          resolve({ content: found as T, buffers: views });
          await settled();
        },
        refuse: async (message) => {
          reject(new Error(message));
          await settled();
        },
      };
      this.asked.push(asked);
      signal?.addEventListener("abort", () => {
        asked.withdrawn = true;
        reject(new DOMException("cancelled", "AbortError"));
      });
    });
  }

  of(kind: string): Asked[] {
    return this.asked.filter((one) => one.kind === kind);
  }

  on(event: string, handler: EventHandler): () => void {
    const all = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, all.add(handler));
    return () => all.delete(handler);
  }

  tell(event: string, content: Content): void {
    for (const handler of this.handlers.get(event) ?? []) handler(content, []);
  }

  onAlive(): () => void {
    return () => {};
  }

  waiting(): number {
    return 0;
  }

  close(): void {}
}

export const settled = () => new Promise<void>((done) => setTimeout(done, 0));
