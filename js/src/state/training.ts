// The training of models: the state of each run, and its curve.
import { batch, computed, signal } from "@preact/signals";
import { TRAINING_DEFAULTS } from "../kernel/generated/tables";
import type {
  LostModel,
  RunValues,
  TrainingOptions,
  TrainingProgress,
  Trainings,
} from "../kernel/generated/wire";
import { type Answer, type Asking, type Found, KernelError, type Kind, type Link } from "../kernel/protocol";
import { Asker } from "./asker";
import { Curve } from "./curve";
import { isGoing } from "./job_status";
import { TrainingSetState } from "./training_set";

export type { LostModel, RunValues };

/** As chosen in the window; null takes the batch size that the kernel suggests. */
export type RunOptions = Omit<TrainingOptions, "batch_size"> & { batch_size: number | null };

export interface Run {
  values: RunValues;
  curve: Curve;
}

export class TrainingState {
  readonly set: TrainingSetState;
  readonly runs = signal<ReadonlyMap<string, Run>>(new Map());
  readonly options = signal<RunOptions>({ ...TRAINING_DEFAULTS, batch_size: null });
  /** Models that a kernel left behind when it ended. */
  readonly lost = signal<readonly LostModel[]>([]);
  readonly alive = signal(true);
  readonly error = signal<string | null>(null);
  /** Counts arrivals of rows, so that curves know when to redraw. */
  readonly version = signal(0);
  readonly active = computed(() =>
    [...this.runs.value.values()].filter(({ values }) => isActive(values)).map(({ values }) => values),
  );
  private stop: (() => void)[];
  private opened = false;

  constructor(
    readonly link: Link,
    asker = new Asker(link),
  ) {
    this.set = new TrainingSetState(link, asker);
    this.stop = [
      link.on("training", (progress) => this.onProgress(progress)),
      link.onAlive((alive) => {
        this.alive.value = alive;
      }),
    ];
  }

  close(): void {
    for (const stop of this.stop) stop();
    this.set.close();
  }

  /** Fetches the state of everything, once, however many views ask. */
  async open(): Promise<void> {
    if (this.opened) return;
    this.opened = true;
    const [, trainings] = await Promise.all([this.set.open(), this.refresh()]);
    if (trainings?.options) this.options.value = trainings.options;
  }

  run(model: string | null): Run | null {
    return (model !== null && this.runs.value.get(model)) || null;
  }

  /** Trains a model further or from new weights, or a new one of an architecture; returns the model's uid. */
  async train(model: string | null, architecture: string, startOver = false): Promise<string | null> {
    const chosen = this.options.peek();
    const suggested = this.set.values.peek()?.suggestion.batch_size ?? TRAINING_DEFAULTS.batch_size;
    const options = { ...chosen, batch_size: chosen.batch_size ?? suggested };
    const found = await this.ask("train", { model, architecture, options, start_over: startOver });
    return found ? found.content.model : null;
  }

  async halt(model: string): Promise<void> {
    await this.ask("training_stop", { model });
  }

  async recover(lost: LostModel, discard: boolean): Promise<void> {
    const found = await this.ask("training_recover", { recovery: lost.id, discard });
    if (found) this.lost.value = found.content.lost;
  }

  private async refresh(): Promise<Trainings | null> {
    const answer = await this.ask("trainings");
    if (!answer) return null;
    const { content, buffers } = answer;
    const runs = content.runs.map(
      (values, i) => [values.model, { values, curve: Curve.decode(buffers[i]) }] as const,
    );
    batch(() => {
      this.runs.value = new Map(runs);
      this.lost.value = content.lost;
      this.version.value++;
    });
    return content;
  }

  private onProgress({ from, rows, ...values }: TrainingProgress): void {
    const known = this.runs.peek().get(values.model)?.curve;
    const curve = known ?? new Curve();
    if (!curve.add(from, rows)) {
      void this.refresh(); // an event was missed
      return;
    }
    batch(() => {
      this.runs.value = new Map(this.runs.peek()).set(values.model, { values, curve });
      this.version.value++;
    });
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

export function isActive({ state }: RunValues): boolean {
  return isGoing(state);
}
