// The messages between browser and kernel; kept in step with ais_jupyter/widgets/protocol.py.

/** Above this size what goes to the kernel travels in parts (the server closes the connection over 10 MiB). */
export const MAX_MESSAGE = 4 * 1024 * 1024;

export type Content = Record<string, unknown>;

export interface Answer<T = Content> {
  content: T;
  buffers: DataView[];
}

export interface RequestOptions {
  buffers?: Uint8Array[];
  /** Withdraws the request; the promise then rejects with an AbortError. */
  signal?: AbortSignal;
  /** It may take its time: waiting for it does not mean that the kernel is busy. */
  patient?: boolean;
}

export type EventHandler = (content: Content, buffers: DataView[]) => void;

/** What the interface knows of the kernel. */
export interface Link {
  request<T = Content>(kind: string, content?: Content, options?: RequestOptions): Promise<Answer<T>>;
  /** Listen to events of one name; the result stops listening. */
  on(event: string, handler: EventHandler): () => void;
  /** Called with false when the kernel is gone and with true when it is back. */
  onAlive(handler: (alive: boolean) => void): () => void;
  /** Milliseconds the oldest unanswered request has waited; 0 when none waits. */
  waiting(): number;
  close(): void;
}

/** The kernel answered that it could not do it; the message is for the user. */
export class KernelError extends Error {
  constructor(
    message: string,
    readonly type: string,
  ) {
    super(message);
    this.name = "KernelError";
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
