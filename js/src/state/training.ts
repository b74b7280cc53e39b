// The training of models: how each run stands and its curve; the browser's twin of widgets/training_service.py.
import { batch, computed, signal } from "@preact/signals";
import { type Content, KernelError, type Link } from "../kernel/protocol";
import { Curve, type CurveRow } from "./curve";
import { TrainingSetState } from "./training_set";

export interface RunValues {
  model: string;
  title: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  /** Asked to stop, and not yet stopped. */
  stopping: boolean;
  progress: number;
  message: string;
  /** What runs before this one. */
  waits_for: string | null;
  error: string | null;
  /** Why the weights could not be kept for recovery. */
  backup_error: string | null;
  epochs: number;
  epochs_left: number;
  /** The batch size that was too large for the memory. */
  out_of_memory: number | null;
  batch_size: number;
  device: string;
  arithmetic: string;
  /** Bytes at the peak. */
  memory: number;
  steps_per_second: number;
  /** Seconds */
  time_left: number | null;
}

/** As the kernel names them. */
interface AskedOptions {
  epochs: number;
  batch_size: number;
  n_copies: number;
  learning_rate: number | null;
  validation_split: number;
  augment: boolean;
}

/** As asked for; null leaves the choice to the kernel. */
export interface RunOptions {
  epochs: number;
  batch_size: number | null;
  copies: number;
  learningRate: number | null;
  validation: number;
  augment: boolean;
}

export interface LostModel {
  id: string;
  title: string;
  time: number;
  loss: number;
}

export interface Run {
  values: RunValues;
  curve: Curve;
}

export class TrainingState {
  readonly set: TrainingSetState;
  readonly runs = signal<ReadonlyMap<string, Run>>(new Map());
  readonly options = signal<RunOptions>({
    epochs: 50,
    batch_size: null,
    copies: 10,
    learningRate: null,
    validation: 0.1,
    augment: false,
  });
  /** Models that a kernel left behind when it ended. */
  readonly lost = signal<LostModel[]>([]);
  readonly alive = signal(true);
  readonly error = signal<string | null>(null);
  /** Counts rows that arrived, for whoever draws the curves. */
  readonly version = signal(0);
  readonly active = computed(() =>
    [...this.runs.value.values()].filter(({ values }) => isActive(values)).map(({ values }) => values),
  );
  private stop: (() => void)[];
  private opened = false;

  constructor(readonly link: Link) {
    this.set = new TrainingSetState(link);
    this.stop = [
      link.on("training", (content) => this.onEvent(content)),
      link.onAlive((alive) => {
        this.alive.value = alive;
      }),
    ];
  }

  close(): void {
    for (const stop of this.stop) stop();
    this.set.close();
  }

  /** Fetches how everything stands; once, however many views ask. */
  async open(): Promise<void> {
    if (this.opened) return;
    this.opened = true;
    const [, content] = await Promise.all([this.set.open(), this.refresh()]);
    const asked = content?.options as AskedOptions | null | undefined;
    if (asked)
      this.options.value = {
        epochs: asked.epochs,
        batch_size: asked.batch_size,
        copies: asked.n_copies,
        learningRate: asked.learning_rate,
        validation: asked.validation_split,
        augment: asked.augment,
      };
  }

  run(model: string | null): Run | null {
    return (model !== null && this.runs.value.get(model)) || null;
  }

  /** Trains a model, or a new one of an architecture; gives the model's uid. */
  async train(model: string | null, architecture: string): Promise<string | null> {
    const { epochs, batch_size, copies, learningRate, validation, augment } = this.options.peek();
    const options: AskedOptions = {
      epochs,
      batch_size: batch_size ?? this.set.values.peek()?.suggestion.batch_size ?? 8,
      n_copies: copies,
      learning_rate: learningRate,
      validation_split: validation,
      augment,
    };
    const found = await this.ask("train", { model, architecture, options });
    return found ? String(found.model) : null;
  }

  async halt(model: string): Promise<void> {
    await this.ask("training_stop", { model });
  }

  async resume(model: string): Promise<void> {
    await this.ask("training_continue", { model });
  }

  async recover(lost: LostModel, discard: boolean): Promise<void> {
    const found = await this.ask("training_recover", { recovery: lost.id, discard });
    if (found) this.lost.value = found.lost as LostModel[];
  }

  private async refresh(): Promise<Content | null> {
    const answer = await this.request("trainings");
    if (!answer) return null;
    const { content, buffers } = answer;
    const runs = (content.runs as RunValues[]).map(
      (values, i) => [values.model, { values, curve: Curve.decode(buffers[i]) }] as const,
    );
    batch(() => {
      this.runs.value = new Map(runs);
      this.lost.value = content.lost as LostModel[];
      this.version.value++;
    });
    return content;
  }

  private onEvent(content: Content): void {
    const { from, rows, ...values } = content as unknown as RunValues & { from: number; rows: CurveRow[] };
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

  private async ask(kind: string, content: Content): Promise<Content | null> {
    return (await this.request(kind, content))?.content ?? null;
  }

  private async request(kind: string, content: Content = {}) {
    try {
      const answer = await this.link.request(kind, content);
      this.error.value = null;
      return answer;
    } catch (error) {
      if (error instanceof KernelError) this.error.value = error.message;
      return null;
    }
  }
}

export function isActive({ state }: RunValues): boolean {
  return state === "waiting" || state === "running";
}
