// The library of architectures, fetched once, and what is known of each that was looked at.
import { signal } from "@preact/signals";
import type { Answer, Content } from "../kernel/protocol";

export interface Architecture {
  title: string;
  /** When to use it, in a line. */
  summary: string;
  group: "current" | "plug-in" | "retired";
}

export interface Facts {
  parameters: number;
  /** Pixels; null: the whole image. */
  receptive_field: number | null;
  size_multiple: number;
  /** Of the slices of a slab; 1: any depth. */
  depth_multiple: number;
}

type Ask = <T>(kind: string, content?: Content) => Promise<Answer<T> | null>;

export class Architectures {
  readonly all = signal<readonly Architecture[]>([]);
  /** By title; null: nothing is known, the network is not made of Keras layers. */
  readonly facts = signal<Readonly<Record<string, Facts | null>>>({});
  private asked = new Set<string>();

  constructor(private ask: Ask) {}

  async open(): Promise<void> {
    const answer = await this.once<{ architectures: Architecture[] }>("architectures");
    if (answer) this.all.value = answer.content.architectures;
  }

  /** Fetches the facts of one: the kernel builds it for that, which takes a moment. */
  async look(title: string): Promise<void> {
    const answer = await this.once<{ facts: Facts | null }>("architecture_facts", { title });
    if (answer) this.facts.value = { ...this.facts.peek(), [title]: answer.content.facts };
  }

  private async once<T>(kind: string, content: Content = {}): Promise<Answer<T> | null> {
    const key = JSON.stringify([kind, content]);
    if (this.asked.has(key)) return null;
    this.asked.add(key);
    const answer = await this.ask<T>(kind, content);
    if (!answer) this.asked.delete(key);
    return answer;
  }
}
