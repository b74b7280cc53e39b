// What the training set is made of, and the set.
import { signal } from "@preact/signals";
import type { Choose, MadeSet, Note, Role, TrainingSetValues } from "../kernel/generated/wire";
import { type Answer, type Asking, type Found, KernelError, type Kind, type Link } from "../kernel/protocol";
import { Asker } from "./asker";

export type { MadeSet, Note, Role, TrainingSetValues };

export class TrainingSetState {
  readonly values = signal<TrainingSetValues | null>(null);
  /** Why the latest request was not carried out. */
  readonly error = signal<string | null>(null);
  private stop: () => void;

  constructor(
    readonly link: Link,
    private asker = new Asker(link),
  ) {
    this.stop = link.on("training_set", (values) => {
      this.values.value = values;
    });
  }

  close(): void {
    this.stop();
  }

  async open(): Promise<void> {
    const answer = await this.ask("training_set");
    if (answer) this.values.value = answer.content;
  }

  /** Changes the choice; the answer has the counts. */
  async choose(change: Choose): Promise<void> {
    const answer = await this.ask("training_set_choose", change);
    if (answer) this.values.value = answer.content;
  }

  async make(): Promise<boolean> {
    return (await this.ask("training_set_make")) !== null;
  }

  async cancel(): Promise<boolean> {
    return (await this.ask("training_set_cancel")) !== null;
  }

  /** Writes the set; whether to replace a file is asked in the same place as all such questions. */
  async save(path: string): Promise<boolean> {
    return (await this.asker.ask("training_set_save", { path })) !== null;
  }

  async load(path: string): Promise<boolean> {
    return (await this.ask("training_set_load", { path })) !== null;
  }

  private async ask<K extends Kind>(kind: K, ...asking: Asking<K>): Promise<Answer<Found<K>> | null> {
    try {
      const answer = await this.link.request(kind, ...asking);
      this.error.value = null;
      return answer;
    } catch (error) {
      if (error instanceof KernelError) this.error.value = error.message;
      return null;
    }
  }
}
