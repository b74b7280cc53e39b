// The library of architectures, fetched once, and what is known of those that were looked at.
import { signal } from "@preact/signals";
import type { Architecture, Facts } from "../kernel/generated/wire";
import type { Answer, Asking, Found } from "../kernel/protocol";
import type { Asker } from "./asker";

type Kind = "architectures" | "architecture_facts";

export class Architectures {
  readonly all = signal<readonly Architecture[]>([]);
  /** By title; null: nothing is known, since the network is not made of Keras layers. */
  readonly facts = signal<Readonly<Record<string, Facts | null>>>({});
  private asked = new Set<string>();

  constructor(private ask: Asker["ask"]) {}

  async open(): Promise<void> {
    const answer = await this.once("architectures", {}, { patient: true });
    if (answer) this.all.value = answer.content.architectures;
  }

  /** Fetches the facts of one; the kernel has to build it, which takes a moment. */
  async look(title: string): Promise<void> {
    const answer = await this.once("architecture_facts", { title }, { patient: true });
    if (answer) this.facts.value = { ...this.facts.peek(), [title]: answer.content.facts };
  }

  private async once<K extends Kind>(kind: K, ...asking: Asking<K>): Promise<Answer<Found<K>> | null> {
    const key = JSON.stringify([kind, asking[0]]);
    if (this.asked.has(key)) return null;
    this.asked.add(key);
    const answer = await this.ask(kind, ...asking);
    if (!answer) this.asked.delete(key);
    return answer;
  }
}
