// The queue as the kernel tells of it: all of it once, then what differs.
import { expect, test } from "vitest";
import type { ExportInfo } from "../../src/kernel/generated/wire";
import { ExportQueue } from "../../src/state/export_queue";
import { FakeLink, settled } from "../helpers/fake_link";
import { exported } from "../helpers/samples";

async function opened(...uids: string[]): Promise<[FakeLink, ExportQueue]> {
  const link = new FakeLink();
  const queue = new ExportQueue(link);
  void queue.open();
  await link.last("exports").answer({ exports: uids.map((uid) => entry(uid)), folder: "/out" });
  await settled();
  return [link, queue];
}

const entry = (uid: string, name = uid): ExportInfo => ({ ...exported(uid), uid, name });
const names = (queue: ExportQueue) => queue.entries.value.map(({ name }) => name);

test("one entry that differs is replaced in its place", async () => {
  const [link, queue] = await opened("a", "b", "c");
  link.tell("exports", { changed: [entry("b", "B")], order: null });
  expect(names(queue)).toEqual(["a", "B", "c"]);
});

test("entries come, go and move by the order", async () => {
  const [link, queue] = await opened("a", "b", "c");
  link.tell("exports", { changed: [entry("d")], order: ["c", "d", "a"] });
  expect(names(queue)).toEqual(["c", "d", "a"]);
  link.tell("exports", { changed: [], order: [] });
  expect(names(queue)).toEqual([]);
});

test("what is told before the queue is known waits for the whole", async () => {
  const link = new FakeLink();
  const queue = new ExportQueue(link);
  link.tell("exports", { changed: [entry("b", "B")], order: null });
  expect(names(queue)).toEqual([]);
  void queue.open();
  await link.last("exports").answer({ exports: [entry("a"), entry("b", "B")], folder: "/out" });
  expect(names(queue)).toEqual(["a", "B"]);
});
