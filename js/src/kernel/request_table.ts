// Requests that wait for their answer, and listeners to events: shared by the real link and the fake kernel.
import type { Refusal } from "./generated/wire";
import { type Answer, type Content, KernelError } from "./protocol";

type EventHandler = (content: Content, buffers: DataView[]) => void;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  since: number;
}

export class RequestTable {
  private waitingFor = new Map<string, Waiting>();
  private handlers = new Map<string, Set<EventHandler>>();
  private count = 0;
  /** Distinguishes the views of one widget: all of them see every reply. */
  private prefix = Math.random().toString(36).slice(2, 8);

  open(
    signal: AbortSignal | undefined,
    cancel: (id: string) => void,
    patient = false,
  ): { id: string; answer: Promise<Answer> } {
    const id = `${this.prefix}-${++this.count}`;
    const answer = new Promise<Answer>((resolve, reject) => {
      const onAbort = () => {
        if (!this.waitingFor.delete(id)) return;
        cancel(id);
        reject(new DOMException("cancelled", "AbortError"));
      };
      const settle = () => signal?.removeEventListener("abort", onAbort);
      this.waitingFor.set(id, {
        since: patient ? Number.POSITIVE_INFINITY : performance.now(),
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort);
    });
    return { id, answer };
  }

  receive(content: Content, buffers: DataView[]): void {
    if (typeof content.event === "string") {
      for (const handler of this.handlers.get(content.event) ?? []) handler(content, buffers);
      return;
    }
    const id = String(content.id);
    const waiting = this.waitingFor.get(id);
    if (!waiting) return;
    this.waitingFor.delete(id);
    const error = content.error as Refusal | undefined;
    if (error) waiting.reject(new KernelError(error.message, error.type, error.offer));
    else waiting.resolve({ content, buffers });
  }

  on(event: string, handler: EventHandler): () => void {
    const set = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, set.add(handler));
    return () => set.delete(handler);
  }

  oldest(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const waiting of this.waitingFor.values()) since = Math.min(since, waiting.since);
    return since === Number.POSITIVE_INFINITY ? 0 : performance.now() - since;
  }

  close(): void {
    for (const waiting of this.waitingFor.values()) waiting.reject(new DOMException("closed", "AbortError"));
    this.waitingFor.clear();
    this.handlers.clear();
  }
}
