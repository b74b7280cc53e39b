// A kernel in the page: answers what the annotator asks, from memory. For the dev page and for tests, which can also make
// it busy or lose messages.
import { planeSize, voxelAt } from "../src/geometry/plane";
import type { Changes, Delivered, Gap, MakeEdits, OneSlice, Travel } from "../src/kernel/generated/wire";
import type { Answer, Asking, Content, Found, Kind, Link, Question } from "../src/kernel/protocol";
import { RequestTable } from "../src/kernel/request_table";
import { decodeEdit, type Edit, encodeEdit, inverse, type Step, type StepName } from "../src/state/edits";
import { FeatureState } from "../src/state/feature";
import { LocalHistory } from "../src/state/local_history";
import { type TomogramInfo, TomogramState } from "../src/state/tomogram";

export interface Volume {
  name: string;
  shape: [number, number, number];
  voxel_size: number;
  value(z: number, y: number, x: number): number;
}

type Handler<K extends Kind> = (question: Question<K>, buffers: Uint8Array[]) => Answer<Found<K>>;

interface Held {
  volume: Volume;
  state: TomogramState;
  history: LocalHistory;
  revision: number;
  /** Number of the last change of each page that was made; outlives the kernel, as in the journal. */
  made: Map<string, number>;
}

export class FakeKernel {
  readonly held = new Map<string, Held>();
  /** While true nothing is answered; what was asked is done afterwards. */
  busy = false;
  /** Says which messages to the kernel are lost. */
  loses: (kind: string) => boolean = () => false;
  private tables = new Set<RequestTable>();
  private waiting: (() => void)[] = [];
  private received = new Map<string, number>();

  /** `first`: where the uids begin, which no two kernels share. */
  constructor(volumes: Volume[], first = 1) {
    volumes.forEach((volume, i) => {
      const uid = (first + i).toString(16).padStart(32, "0");
      const history = new LocalHistory();
      this.held.set(uid, {
        volume,
        state: new TomogramState(infoOf(uid, volume)),
        history,
        revision: 0,
        made: new Map(),
      });
    });
  }

  /** Another kernel, with all that was made in this one. */
  restarted(): FakeKernel {
    const next = new FakeKernel([]);
    for (const [uid, held] of this.held) next.held.set(uid, held);
    return next;
  }

  connect(): Link {
    const table = new RequestTable();
    this.tables.add(table);
    const request = <K extends Kind>(kind: K, ...[question, options = {}]: Asking<K>) => {
      const { id, answer } = table.open(options.signal, () => {});
      // A message is copied on its way.
      const sent = structuredClone({
        content: (question ?? {}) as Question<K>,
        buffers: options.buffers ?? [],
      });
      const handle = () => {
        try {
          const answers = this.answers[kind] as Handler<K> | undefined;
          if (!answers) throw new Error(`the fake kernel knows no ${kind}`);
          const { content: found, buffers } = answers(sent.content, sent.buffers);
          table.receive({ id, ...found }, buffers);
        } catch (error) {
          table.receive({ id, error: { message: String(error), type: "Error" } }, []);
        }
      };
      if (!this.loses(kind)) this.waiting.push(handle);
      queueMicrotask(() => this.work());
      return answer as unknown as Promise<Answer<Found<K>>>;
    };
    return {
      request,
      on: (event, handler) => table.on(event, handler as never),
      onAlive: () => () => {},
      waiting: () => table.oldest(),
      close: () => {
        table.close();
        this.tables.delete(table);
      },
    };
  }

  /** Does what has been waiting. */
  work(): void {
    while (!this.busy && this.waiting.length > 0) this.waiting.shift()!();
  }

  private answers: { [K in Kind]?: Handler<K> } = {
    open: () => reply({ tomograms: [...this.held.values()].map((one) => this.info(one)), recoverable: [] }),
    snapshot: ({ tomogram }) => this.snapshot(this.of(tomogram)),
    slice: (question) => slice(this.of(question.tomogram).volume, question),
    value: ({ tomogram, position: [z, y, x] }) => reply({ value: this.of(tomogram).volume.value(z, y, x) }),
    edit: (question, buffers) =>
      this.once(question, true, (held) => ({ expected: undefined, ...this.edit(held, question, buffers) })),
    undo: (question) => this.travel("undo", question),
    redo: (question) => this.travel("redo", question),
    heartbeat: () =>
      reply({ revisions: Object.fromEntries([...this.held].map(([uid, one]) => [uid, one.revision])) }),
    library: () => reply({ library: [] }),
    models: () => reply({ models: [], interactions: [], selected: null }),
    exports: () => reply({ exports: [], folder: "" }),
    uncertain: () => reply({ status: null, tomogram: "", model: "", places: [] }),
    display: () => reply({}),
    thumbnail: ({ tomogram }) => {
      const { volume } = this.of(tomogram);
      return slice(volume, { axis: "z", index: volume.shape[0] >> 1, step: 4 });
    },
    save: ({ tomogram }) => reply({ path: "memory.scns", info: this.info(this.of(tomogram)) }),
  };

  private of(tomogram: string): Held {
    const held = this.held.get(tomogram);
    if (!held) throw new Error(`no tomogram ${tomogram}`);
    return held;
  }

  /** Makes a numbered change once, in its turn. */
  private once(
    { tomogram, client, seq, replayed }: MakeEdits | Travel,
    known: boolean,
    change: (held: Held) => { edits: Edit[]; key: string; expected: string | null | undefined },
  ): Answer<Delivered | Gap> {
    const held = this.of(tomogram);
    const done = this.received.get(client) ?? 0;
    if (seq > done + 1 && !replayed) return reply({ gap: true });
    const from = held.revision;
    let disagrees = false;
    if (seq === done + 1) this.received.set(client, seq);
    if (seq > (held.made.get(client) ?? 0)) {
      held.made.set(client, seq);
      const { edits, key, expected } = change(held);
      disagrees = expected !== undefined && expected !== null && key !== expected;
      held.revision++;
      this.tell(held, edits, from, known ? client : null);
    }
    return reply({
      from: known ? from : held.revision,
      revision: held.revision,
      disagrees,
      info: this.info(held),
    });
  }

  private edit(held: Held, question: MakeEdits, buffers: Uint8Array[]): { edits: Edit[]; key: string } {
    const views = buffers.map((buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    const { width, height } = held.state;
    const edits = question.edits.map((fields) =>
      decodeEdit(fields, views, (one, blobs) => FeatureState.decode(one, blobs, width, height)),
    );
    for (const edit of edits) held.state.apply(edit);
    const { key, name } = question;
    const step: Step = { key, name: name as StepName, edits, time: 0 };
    held.history.push(step);
    return { edits, key };
  }

  private travel(kind: "undo" | "redo", question: Travel): Answer<Delivered | Gap> {
    const expected = question.expect ?? null;
    return this.once(question, expected !== null, (held) => {
      const step = kind === "undo" ? held.history.back() : held.history.forward();
      if (!step) return { edits: [], key: "", expected };
      const edits = kind === "undo" ? step.edits.map(inverse).reverse() : step.edits;
      for (const edit of edits) held.state.apply(edit);
      return { edits, key: step.key, expected };
    });
  }

  private tell(held: Held, edits: Edit[], from: number, client: string | null): void {
    const blobs: Uint8Array[] = [];
    const changes: Changes = {
      tomogram: held.state.uid,
      from,
      revision: held.revision,
      edits: edits.map((edit) => encodeEdit(held.state.uid, edit, blobs)),
      client,
      step: true,
      info: this.info(held),
    };
    for (const table of this.tables)
      table.receive({ event: "changes", ...structuredClone(changes) } as Content, views(blobs));
  }

  private snapshot(held: Held): Answer<Found<"snapshot">> {
    const blobs: Uint8Array[] = [];
    const features = held.state.features.peek().map((feature) => feature.encode(blobs));
    return reply({ features, revision: held.revision, info: this.info(held) }, blobs);
  }

  private info({ volume, state, history }: Held): TomogramInfo {
    return {
      ...infoOf(state.uid, volume),
      unsaved: history.undoName !== undefined,
      undo: history.undoName ?? null,
      redo: history.redoName ?? null,
    };
  }
}

function infoOf(uid: string, { name, shape, voxel_size }: Volume): TomogramInfo {
  return {
    uid,
    name,
    path: "",
    shape,
    voxel_size: [voxel_size, voxel_size, voxel_size],
    region: [0, shape[1], 0, shape[2]],
    z_range: [0, shape[0]],
    available: true,
    unsaved: false,
    undo: null,
    redo: null,
    colors: [],
    saved_to: null,
    autosave_error: null,
    beside: null,
    display: {},
  };
}

function views(blobs: Uint8Array[]): DataView[] {
  return blobs.map((blob) => new DataView(blob.slice().buffer));
}

function reply<T>(content: T, blobs: Uint8Array[] = []): Answer<T> {
  return { content: structuredClone(content), buffers: views(blobs) };
}

function slice(
  { shape, value }: Volume,
  { axis, index, step = 1 }: Omit<OneSlice, "tomogram">,
): Answer<Found<"slice">> {
  const { width, height } = planeSize(axis, shape);
  const at = (row: number, column: number) => {
    const { z, y, x } = voxelAt(axis, index, { column, row });
    return value(z, y, x);
  };
  const size = [Math.ceil(height / step), Math.ceil(width / step)];
  const pixels = new Uint8Array(size[0] * size[1]);
  for (let row = 0; row < size[0]; row++)
    for (let column = 0; column < size[1]; column++)
      pixels[row * size[1] + column] = at(row * step, column * step);
  return reply({ width: size[1], height: size[0], dtype: "uint8", factor: 255, offset: 0, step }, [pixels]);
}
