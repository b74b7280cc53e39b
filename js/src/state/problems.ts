// The latest thing that went wrong, for the user, with what can still be done about it.
import { signal } from "@preact/signals";
import { KernelError, messageOf } from "../kernel/protocol";

export interface Problem {
  /** What was asked for; a later success of the same kind takes the problem away. */
  kind: string;
  message: string;
  /** A button: what it says, and what it does. */
  offer: { label: string; accept(): void } | null;
}

const LABELS = {
  overwrite: "Overwrite",
  discard: "Discard the changes",
  allow_custom: "I trust this file",
} as const;

export class Problems {
  readonly latest = signal<Problem | null>(null);
  private decline = () => {};

  /** Shows a problem; resolves to true when the user insists, to false when there is nothing to insist on. */
  report(kind: string, error: unknown): Promise<boolean> {
    this.dismiss();
    const offer = error instanceof KernelError ? error.offer : null;
    const message = messageOf(error);
    if (!offer) {
      this.latest.value = { kind, message, offer: null };
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      const accept = () => {
        this.latest.value = null;
        this.decline = () => {};
        resolve(true);
      };
      this.decline = () => resolve(false);
      this.latest.value = { kind, message, offer: { label: LABELS[offer], accept } };
    });
  }

  /** Something of this kind succeeded. */
  solved(kind: string): void {
    if (this.latest.peek()?.kind === kind) this.dismiss();
  }

  dismiss(): void {
    this.latest.value = null;
    this.decline();
    this.decline = () => {};
  }
}
