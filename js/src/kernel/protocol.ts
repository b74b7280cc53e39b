// How the page asks the kernel. The messages themselves are declared in Python (ais_jupyter/widgets/wire); `generated`
// holds their types.
import type { Events, Offer, Requests } from "./generated/wire";

export type Kind = keyof Requests;
export type Question<K extends Kind> = Requests[K]["question"];
export type Found<K extends Kind> = Requests[K]["answer"];
export type EventName = keyof Events;

/** Fields of a message whose kind is not known here: on its way, and nowhere else. */
export type Content = Record<string, unknown>;

export interface Answer<T = Content> {
  content: T;
  buffers: DataView[];
}

export interface RequestOptions {
  buffers?: Uint8Array[];
  /** Withdraws the request; the promise then rejects with an AbortError. */
  signal?: AbortSignal;
  /** It may take a while: waiting for it does not mean that the kernel is busy. */
  patient?: boolean;
}

/** A question without required fields may be left out. */
export type Asking<K extends Kind> =
  Record<never, never> extends Question<K>
    ? [question?: Question<K>, options?: RequestOptions]
    : [question: Question<K>, options?: RequestOptions];

/** What the interface knows of the kernel. */
export interface Link {
  request<K extends Kind>(kind: K, ...asking: Asking<K>): Promise<Answer<Found<K>>>;
  /** Listens to events of one name; the result stops listening. */
  on<E extends EventName>(event: E, handler: (content: Events[E], buffers: DataView[]) => void): () => void;
  /** Calls `handler` with false when the kernel is gone and with true when it is back. */
  onAlive(handler: (alive: boolean) => void): () => void;
  /** Milliseconds that the oldest unanswered request has waited; 0 when none is waiting. */
  waiting(): number;
  close(): void;
}

/** The kernel could not do what it was asked; the message is for the user. */
export class KernelError extends Error {
  constructor(
    message: string,
    readonly type: string,
    /** What can be insisted on, by asking again with this field true. */
    readonly offer: Offer | null = null,
  ) {
    super(message);
    this.name = "KernelError";
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
