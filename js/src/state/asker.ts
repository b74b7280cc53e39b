// Asks the kernel for what a user wants done: errors are shown, and what can be insisted on is offered.
import {
  type Answer,
  type Asking,
  type Found,
  isAbort,
  type KernelError,
  type Kind,
  type Link,
} from "../kernel/protocol";
import { Problems } from "./problems";

export class Asker {
  readonly problems = new Problems();

  constructor(readonly link: Link) {}

  /** The kernel's answer; null when it could not do it, or when the user did not insist. */
  async ask<K extends Kind>(kind: K, ...asking: Asking<K>): Promise<Answer<Found<K>> | null> {
    try {
      const answer = await this.link.request(kind, ...asking);
      this.problems.solved(kind);
      return answer;
    } catch (error) {
      if (isAbort(error) || !(await this.problems.report(kind, error))) return null;
      const offer = (error as KernelError).offer!;
      const [question, options] = asking;
      return this.ask(kind, ...([{ ...question, [offer]: true }, options] as unknown as Asking<K>));
    }
  }
}
