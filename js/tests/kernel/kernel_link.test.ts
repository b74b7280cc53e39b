// The link over a widget's messages: numbered requests, refusals, withdrawal, large buffers in parts, a lost kernel.
import { expect, test, vi } from "vitest";
import { MAX_MESSAGE } from "../../src/kernel/generated/wire";
import { connect } from "../../src/kernel/kernel_link";
import { type Content, KernelError } from "../../src/kernel/protocol";

function widget() {
  const handlers = new Map<string, (...args: unknown[]) => void>();
  const sent: { content: Content; buffers: Uint8Array[] }[] = [];
  const model = {
    comm_live: true,
    on: (name: string, handler: () => void) => handlers.set(name, handler),
    off: () => {},
    send: vi.fn((content: Content, _: unknown, buffers: Uint8Array[]) => {
      sent.push({ content, buffers });
    }),
  };
  const link = connect(model as never);
  const receive = (content: Content, buffers: DataView[] = []) =>
    handlers.get("msg:custom")?.(content, buffers);
  return { link, model, sent, receive, comm: () => handlers.get("comm_live_update")?.() };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 1));
}

test("each request gets its own answer, in whatever order they come", async () => {
  const { link, sent, receive } = widget();
  const first = link.request("value", { tomogram: "t", position: [1, 2, 3] });
  const second = link.request("ping");
  expect(sent[0].content).toMatchObject({ kind: "value", tomogram: "t", position: [1, 2, 3] });
  receive({ id: sent[1].content.id });
  receive({ id: sent[0].content.id, value: 5 });
  expect((await first).content.value).toBe(5);
  await second;
});

test("a refusal is an error with what can be insisted on", async () => {
  const { link, sent, receive } = widget();
  const asked = link.request("close", { tomogram: "t" });
  receive({
    id: sent[0].content.id,
    error: { type: "UnsavedChangesError", message: "unsaved", offer: "discard" },
  });
  const error = await asked.catch((found: KernelError) => found);
  expect(error).toBeInstanceOf(KernelError);
  expect(error).toMatchObject({ message: "unsaved", type: "UnsavedChangesError", offer: "discard" });
});

test("a request that is withdrawn is cancelled in the kernel, and an answer that comes all the same is nobody's", async () => {
  const { link, sent, receive } = widget();
  const stop = new AbortController();
  const asked = link.request("predict", { tomogram: "t", z: 1 }, { signal: stop.signal });
  stop.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  expect(sent[1].content).toEqual({ kind: "cancel", id: sent[0].content.id });
  receive({ id: sent[0].content.id, layers: [] });
});

test("large buffers go first, in parts, and the request names them", async () => {
  const { link, sent, receive } = widget();
  const large = new Uint8Array(MAX_MESSAGE + 10).fill(7);
  const content = { tomogram: "t", client: "c", seq: 1, name: "Brush", key: "c:1", edits: [] };
  const asked = link.request("edit", content, { buffers: [large, new Uint8Array([1, 2])] });
  for (let part = 0; part < 3; part++) {
    await until(() => sent.length === part + 1);
    expect(sent[part].content).toMatchObject({ kind: "upload", part, parts: 3 });
    receive({ id: sent[part].content.id, received: part + 1 });
  }
  await until(() => sent.length === 4);
  expect(sent.slice(0, 3).reduce((sum, { buffers }) => sum + buffers[0].byteLength, 0)).toBe(
    MAX_MESSAGE + 12,
  );
  expect(sent[3].content).toMatchObject({
    kind: "edit",
    upload: sent[0].content.upload,
    lengths: [MAX_MESSAGE + 10, 2],
  });
  expect(sent[3].buffers).toEqual([]);
  receive({ id: sent[3].content.id, gap: true });
  expect((await asked).content).toMatchObject({ gap: true });
});

test("events reach those who listen, until they stop", () => {
  const { link, receive } = widget();
  const heard = vi.fn();
  const stop = link.on("weights", heard);
  receive({ event: "weights", model: "m", version: 2 });
  stop();
  receive({ event: "weights", model: "m", version: 3 });
  expect(heard.mock.calls.map(([content]) => content.version)).toEqual([2]);
});

test("a lost kernel is announced, and so is its return", async () => {
  const { link, model, receive, comm } = widget();
  const alive = vi.fn();
  link.onAlive(alive);
  model.send.mockImplementationOnce(() => {
    throw new Error("no comm");
  });
  void link.request("ping").catch(() => {});
  model.comm_live = false;
  comm();
  receive({ event: "weights", model: "m", version: 1 });
  expect(alive.mock.calls.map(([now]) => now)).toEqual([false, false, true]);
  expect(link.waiting()).toBeGreaterThanOrEqual(0);
  link.close();
  expect(link.waiting()).toBe(0);
});
