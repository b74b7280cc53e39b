// Instant undo and redo of what this page did, without the kernel, whose history goes further back.
import { type Step, sizeOf } from "./edits";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_STEPS = 1000;

export class LocalHistory {
  private done: Step[] = [];
  private undone: Step[] = [];
  private bytes = 0;

  push(step: Step): void {
    this.undone = [];
    this.done.push(step);
    this.bytes += sizeOf(step);
    while (this.done.length > MAX_STEPS || (this.bytes > MAX_BYTES && this.done.length > 1))
      this.bytes -= sizeOf(this.done.shift()!);
  }

  get latest(): Step | undefined {
    return this.undone.length === 0 ? this.done[this.done.length - 1] : undefined;
  }

  replaceLatest(step: Step): void {
    this.done[this.done.length - 1] = step;
  }

  /** The step to take back, or undefined when the kernel must be asked. */
  back(): Step | undefined {
    const step = this.done.pop();
    if (step) this.undone.push(step);
    return step;
  }

  forward(): Step | undefined {
    const step = this.undone.pop();
    if (step) this.done.push(step);
    return step;
  }

  get undoName(): string | undefined {
    return this.done[this.done.length - 1]?.name;
  }

  get redoName(): string | undefined {
    return this.undone[this.undone.length - 1]?.name;
  }

  /** Someone else changed the same annotations: from here on only the kernel knows what comes next. */
  clear(): void {
    this.done = [];
    this.undone = [];
    this.bytes = 0;
  }
}
