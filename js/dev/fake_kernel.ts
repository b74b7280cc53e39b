// A kernel in the page: answers what the annotator asks, from memory. For the dev page and for tests, which can also make
// it busy or lose messages.
import type { Axis } from "../src/geometry/axis";
import { planeSize, voxelAt } from "../src/geometry/plane";
import {
  type Answer,
  type Content,
  KernelError,
  type Link,
  type RequestOptions,
} from "../src/kernel/protocol";
import { RequestTable } from "../src/kernel/request_table";
import { decodeEdit, type Edit, encodeEdit, inverse, type Step } from "../src/state/edits";
import { FeatureState } from "../src/state/feature";
import { LocalHistory } from "../src/state/local_history";
import { type TomogramInfo, TomogramState } from "../src/state/tomogram";

export interface Volume {
  name: string;
  shape: [number, number, number];
  voxelSize: number;
  value(z: number, y: number, x: number): number;
}

interface Held {
  volume: Volume;
  state: TomogramState;
  history: LocalHistory;
  revision: number;
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

  constructor(volumes: Volume[]) {
    volumes.forEach((volume, i) => {
      const uid = (i + 1).toString(16).padStart(32, "0");
      const info = { uid, name: volume.name, path: "", shape: volume.shape, available: true } as TomogramInfo;
      const history = new LocalHistory();
      this.held.set(uid, { volume, state: new TomogramState(info), history, revision: 0 });
    });
  }

  connect(): Link {
    const table = new RequestTable();
    this.tables.add(table);
    const request = (kind: string, content: Content = {}, options: RequestOptions = {}) => {
      const { id, answer } = table.open(options.signal, () => {});
      // A message is copied on its way.
      const sent = structuredClone({ content, buffers: options.buffers ?? [] });
      const handle = () => {
        try {
          const { content: found, buffers } = this.answer(kind, sent.content, sent.buffers);
          table.receive({ id, ...found }, buffers);
        } catch (error) {
          table.receive({ id, error: { message: String(error), type: "Error" } }, []);
        }
      };
      if (!this.loses(kind)) this.waiting.push(handle);
      queueMicrotask(() => this.work());
      return answer;
    };
    return {
      request: request as Link["request"],
      on: (event, handler) => table.on(event, handler),
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

  private answer(kind: string, content: Content, buffers: Uint8Array[]): Answer {
    const held = this.held.get(String(content.tomogram));
    switch (kind) {
      case "open":
        return reply({ tomograms: [...this.held.values()].map((one) => this.info(one)), recoverable: [] });
      case "snapshot":
        return this.snapshot(held!);
      case "slice":
        return slice(held!.volume, content);
      case "value": {
        const [z, y, x] = content.position as number[];
        return reply({ value: held!.volume.value(z, y, x) });
      }
      case "edit":
      case "undo":
      case "redo":
        return this.once(held!, kind, content, buffers);
      case "heartbeat":
        return reply({
          revisions: Object.fromEntries([...this.held].map(([uid, one]) => [uid, one.revision])),
        });
      case "library":
        return reply({ library: [] });
      case "thumbnail": {
        const pixels = slice(held!.volume, { axis: "z", index: held!.volume.shape[0] >> 1, step: 4 });
        return pixels;
      }
      case "save":
      case "display":
        return reply({});
      default:
        throw new KernelError(`the fake kernel knows no ${kind}`, "protocol");
    }
  }

  private once(held: Held, kind: string, content: Content, buffers: Uint8Array[]): Answer {
    const client = String(content.client);
    const seq = Number(content.seq);
    const done = this.received.get(client) ?? 0;
    if (seq > done + 1) return reply({ gap: true });
    const from = held.revision;
    let disagrees = false;
    const known = kind === "edit" || content.expect !== null;
    if (seq === done + 1) {
      this.received.set(client, seq);
      const edits =
        kind === "edit" ? this.edit(held, content, buffers) : this.travel(held, kind as "undo" | "redo");
      disagrees = kind !== "edit" && known && edits.key !== content.expect;
      held.revision++;
      this.tell(held, edits.edits, from, known ? client : null);
    }
    return reply({
      from: known ? from : held.revision,
      revision: held.revision,
      disagrees,
      info: this.info(held),
    });
  }

  private edit(held: Held, content: Content, buffers: Uint8Array[]): { edits: Edit[]; key: string } {
    const views = buffers.map((buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    const edits = (content.edits as Content[]).map((fields) => this.decode(held, fields, views));
    for (const edit of edits) held.state.apply(edit);
    const step: Step = { key: String(content.key), name: String(content.name), edits, time: 0 };
    held.history.push(step);
    return { edits, key: step.key };
  }

  private travel(held: Held, kind: "undo" | "redo"): { edits: Edit[]; key: string } {
    const step = kind === "undo" ? held.history.back() : held.history.forward();
    if (!step) return { edits: [], key: "" };
    const edits = kind === "undo" ? step.edits.map(inverse).reverse() : step.edits;
    for (const edit of edits) held.state.apply(edit);
    return { edits, key: step.key };
  }

  private tell(held: Held, edits: Edit[], from: number, client: string | null): void {
    const blobs: Uint8Array[] = [];
    const fields = edits.map((edit) => encodeEdit(held.state.uid, edit, blobs));
    const content = {
      event: "changes",
      tomogram: held.state.uid,
      from,
      revision: held.revision,
      edits: fields,
      client,
      step: true,
      info: this.info(held),
    };
    for (const table of this.tables) table.receive(structuredClone(content), views(blobs));
  }

  private decode(held: Held, fields: Content, buffers: DataView[]): Edit {
    const { width, height } = held.state;
    return decodeEdit(fields, buffers, (one, blobs) => FeatureState.decode(one, blobs, width, height));
  }

  private snapshot(held: Held): Answer {
    const blobs: Uint8Array[] = [];
    const features = held.state.features.peek().map((feature) => feature.encode(blobs));
    return reply({ features, revision: held.revision, info: this.info(held) }, blobs);
  }

  private info({ volume, state, history }: Held): TomogramInfo {
    return {
      uid: state.uid,
      name: volume.name,
      path: "",
      shape: volume.shape,
      voxelSize: [volume.voxelSize, volume.voxelSize, volume.voxelSize],
      region: [0, volume.shape[1], 0, volume.shape[2]],
      zRange: [0, volume.shape[0]],
      available: true,
      unsaved: history.undoName !== undefined,
      undo: history.undoName ?? null,
      redo: history.redoName ?? null,
      colors: [],
      savedTo: null,
      autosaveError: null,
      beside: null,
      display: {},
    };
  }
}

function views(blobs: Uint8Array[]): DataView[] {
  return blobs.map((blob) => new DataView(blob.slice().buffer));
}

function reply(content: object, blobs: Uint8Array[] = []): Answer {
  return { content: structuredClone(content) as Content, buffers: views(blobs) };
}

function slice({ shape, value }: Volume, content: Content): Answer {
  const { axis, index } = content as { axis: Axis; index: number };
  const step = Number(content.step ?? 1);
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
