// The link over an anywidget model's custom messages.
import type { AnyModel } from "@anywidget/types";
import type { Traits } from "./app";
import { MAX_MESSAGE } from "./generated/wire";
import type { Answer, Asking, Content, Found, Kind, Link, RequestOptions } from "./protocol";
import { RequestTable } from "./request_table";

const PART = MAX_MESSAGE / 2;

export function connect(model: AnyModel): Link {
  const table = new RequestTable();
  const aliveHandlers = new Set<(alive: boolean) => void>();
  let uploads = 0;
  let lost = false;

  const onMessage = (content: Content, buffers: DataView[]) => {
    if (lost) setAlive(true);
    table.receive(content, buffers);
  };
  const setAlive = (alive: boolean) => {
    lost = !alive;
    for (const handler of aliveHandlers) handler(alive);
  };
  // ipywidgets' model says so when its comm dies (kernel restarted or gone).
  const onComm = () => setAlive((model as unknown as { comm_live?: boolean }).comm_live === true);
  model.on("msg:custom", onMessage as never);
  model.on("comm_live_update" as never, onComm as never);

  function post(content: Content, buffers: Uint8Array[] = []): void {
    try {
      const sent = model.send(content, undefined, buffers as unknown as ArrayBuffer[]) as unknown;
      if (sent instanceof Promise) sent.catch(() => setAlive(false));
    } catch {
      setAlive(false);
    }
  }

  function ask(kind: string, content: Content, options: RequestOptions): Promise<Answer> {
    const { id, answer } = table.open(
      options.signal,
      (cancelled) => post({ kind: "cancel", id: cancelled }),
      options.patient,
    );
    if (!options.signal?.aborted) post({ ...content, id, kind }, options.buffers);
    return answer;
  }

  /** Large buffers go first, in acknowledged parts. */
  async function upload(buffers: Uint8Array[]): Promise<Content> {
    const name = `${Date.now().toString(36)}-${++uploads}`;
    const lengths = buffers.map((buffer) => buffer.byteLength);
    const whole = new Uint8Array(lengths.reduce((a, b) => a + b, 0));
    let at = 0;
    for (const buffer of buffers) {
      whole.set(buffer, at);
      at += buffer.byteLength;
    }
    const parts = Math.ceil(whole.byteLength / PART);
    for (let part = 0; part < parts; part++) {
      const piece = whole.slice(part * PART, (part + 1) * PART);
      await ask("upload", { upload: name, part, parts }, { buffers: [piece] });
    }
    return { upload: name, lengths };
  }

  return {
    async request<K extends Kind>(kind: K, ...asking: Asking<K>) {
      const [question, options = {}] = asking;
      const content: Content = { ...question };
      const size = (options.buffers ?? []).reduce((sum, buffer) => sum + buffer.byteLength, 0);
      if (size > PART) {
        const where = await upload(options.buffers!);
        return (await ask(kind, { ...content, ...where }, { ...options, buffers: [] })) as Answer<Found<K>>;
      }
      return (await ask(kind, content, options)) as Answer<Found<K>>;
    },
    on: (event, handler) => table.on(event, handler as never),
    onAlive(handler) {
      aliveHandlers.add(handler);
      return () => aliveHandlers.delete(handler);
    },
    waiting: () => table.oldest(),
    close() {
      model.off("msg:custom", onMessage as never);
      model.off("comm_live_update" as never, onComm as never);
      table.close();
      aliveHandlers.clear();
    },
  };
}

export function traitsOf(model: AnyModel): Traits {
  return {
    get: (name) => model.get(name),
    set(name, value) {
      if (model.get(name) === value) return;
      model.set(name, value);
      model.save_changes();
    },
    watch(name, handler) {
      model.on(`change:${name}`, handler);
      return () => model.off(`change:${name}`, handler);
    },
  };
}
