// The open models, shared by all views of one widget, and kept in agreement with the kernel.
import { batch, computed, type Signal, signal } from "@preact/signals";
import type { Interaction, ModelSettings, Models, ModelValues } from "../kernel/generated/wire";
import type { Asking, Found, Kind, Link } from "../kernel/protocol";
import { Architectures } from "./architectures";
import type { TomogramSet } from "./tomogram_set";

export type { Interaction, ModelSettings, ModelValues };

/** Milliseconds that a slider's changes are collected before they are sent. */
const COLLECT = 120;

/** Settings that are dragged; the others are sent at once, before anything that depends on them is asked. */
const DRAGGED: ReadonlySet<keyof ModelSettings> = new Set(["threshold", "alpha", "color"]);

export class ModelState {
  readonly values: Signal<ModelValues>;
  /** Changes made here that the kernel has not confirmed: what it says of them is older. */
  readonly unconfirmed = new Map<keyof ModelSettings, number>();

  constructor(values: ModelValues) {
    this.values = signal(values);
  }

  get uid(): string {
    return this.values.peek().uid;
  }
}

export class ModelSet {
  readonly models = signal<ModelState[]>([]);
  readonly interactions = signal<readonly Interaction[]>([]);
  /** uid of the model in front: drawn on top, trained, saved. */
  readonly selectedUid = signal<string | null>(null);
  readonly selected = computed(() => this.get(this.selectedUid.value));
  /** Interactions as the kernel has them. */
  private acting = signal("[]");
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  private unsent = new Map<string, () => Promise<void>>();
  private interactionsOut = 0;
  readonly architectures: Architectures;
  private stop: (() => void)[];

  constructor(
    readonly link: Link,
    private tomograms: TomogramSet,
  ) {
    this.architectures = new Architectures((kind, ...asking) => tomograms.ask(kind, ...asking));
    this.stop = [
      link.on("models", (content) => this.take(content)),
      link.on("weights", ({ model, version }) => {
        const state = this.get(model);
        if (state) state.values.value = { ...state.values.peek(), version, compiled: true };
      }),
    ];
  }

  async open(): Promise<void> {
    const answer = await this.tomograms.ask("models");
    if (answer) this.take(answer.content);
  }

  close(): void {
    this.flush();
    for (const stop of this.stop) stop();
  }

  get(uid: string | null): ModelState | undefined {
    return this.models.value.find((model) => model.uid === uid);
  }

  /** Identifies what the kernel would predict: when it changes, predictions are requested again. */
  readonly outcome = computed(() => {
    const used = this.models.value
      .map((model) => model.values.value)
      .filter((values) => values.compiled && values.active)
      .map(({ uid, version, show, emit, absorb, tta, voxel_size, title }) =>
        [uid, version, show, emit, absorb, tta, voxel_size, title].join(),
      );
    return used.length > 0 ? `${used.join(";")}|${this.acting.value}` : "";
  });

  /** Changes a setting of a model; it shows at once. */
  set<K extends keyof ModelSettings>(model: ModelState, name: K, value: ModelSettings[K]): void {
    if (model.values.peek()[name] === value) return;
    const key = `${model.uid}/${name}`;
    if (!this.unsent.has(key)) model.unconfirmed.set(name, (model.unconfirmed.get(name) ?? 0) + 1);
    const send = async () => {
      this.unsent.delete(key);
      await this.tomograms.ask("model_set", { model: model.uid, name, value });
      const left = model.unconfirmed.get(name)! - 1;
      left > 0 ? model.unconfirmed.set(name, left) : model.unconfirmed.delete(name);
    };
    this.later(key, send, DRAGGED.has(name) ? COLLECT : 0);
    model.values.value = { ...model.values.peek(), [name]: value };
  }

  setInteractions(interactions: readonly Interaction[], dragged = false): void {
    if (!this.unsent.has("interactions")) this.interactionsOut++;
    const send = async () => {
      this.unsent.delete("interactions");
      const sent = this.interactions.peek();
      const asked = this.tomograms.ask("interactions", { interactions: sent });
      this.acting.value = JSON.stringify(sent);
      await asked;
      this.interactionsOut--;
    };
    this.interactions.value = interactions;
    this.later("interactions", send, dragged ? COLLECT : 0);
  }

  select(model: ModelState): void {
    if (this.selectedUid.peek() === model.uid) return;
    this.selectedUid.value = model.uid;
    void this.tomograms.ask("model_select", { model: model.uid });
  }

  /** Asks for something about models, after sending what has been collected. */
  async ask<K extends Kind>(kind: K, ...[question]: Asking<K>): Promise<Found<K> | null> {
    this.flush();
    const asking = [question, { patient: true }] as unknown as Asking<K>;
    return (await this.tomograms.ask(kind, ...asking))?.content ?? null;
  }

  /** Sends at once what has been collected. */
  flush(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    for (const send of [...this.unsent.values()]) void send();
  }

  private later(key: string, send: () => Promise<void>, delay: number): void {
    clearTimeout(this.timers.get(key));
    this.unsent.set(key, send);
    if (delay === 0) void send();
    else
      this.timers.set(
        key,
        setTimeout(() => void send(), delay),
      );
  }

  private take({ models, interactions, selected }: Models): void {
    batch(() => {
      this.models.value = models.map((values) => {
        const known = this.get(values.uid);
        if (!known) return new ModelState(values);
        const ours = known.values.peek();
        const kept = Object.fromEntries([...known.unconfirmed.keys()].map((name) => [name, ours[name]]));
        known.values.value = { ...values, ...kept };
        return known;
      });
      this.selectedUid.value = selected;
      if (this.interactionsOut > 0) return;
      this.interactions.value = interactions;
      this.acting.value = JSON.stringify(interactions);
    });
  }
}
