// Changes that no kernel has confirmed, kept by the browser (IndexedDB) so that they outlive the kernel and the page.
import { createStore, delMany, setMany, type UseStore, values } from "idb-keyval";
import type { Change } from "./outbox";

/** A change with all it takes to make it in another kernel. */
export interface KeptChange {
  client: string;
  seq: number;
  change: Change;
  buffers: Uint8Array[];
  tomogram: { uid: string; name: string; path: string; shape: readonly number[] };
  /** Titles of the features that the tomogram had: another kernel reads them from the file under other uids. */
  titles: Record<string, string>;
  /** Milliseconds since 1970. */
  time: number;
}

const MAX_AGE = 30 * 24 * 3600 * 1000;

export class KeptChanges {
  private constructor(private store: UseStore) {}

  /** Null where the browser offers no such storage (as in some private windows). */
  static open(name = "ais_jupyter"): KeptChanges | null {
    return typeof indexedDB === "undefined" ? null : new KeptChanges(createStore(name, "changes"));
  }

  async keep(changes: readonly KeptChange[]): Promise<void> {
    await setMany(
      changes.map((change) => [keyOf(change), change]),
      this.store,
    );
  }

  async forget(changes: readonly Pick<KeptChange, "client" | "seq">[]): Promise<void> {
    await delMany(changes.map(keyOf), this.store);
  }

  /** All, in the order in which each page made them; those of a month ago are forgotten. */
  async all(): Promise<KeptChange[]> {
    const found = await values<KeptChange>(this.store);
    const old = found.filter(({ time }) => Date.now() - time > MAX_AGE);
    if (old.length > 0) await this.forget(old);
    return found
      .filter((change) => !old.includes(change))
      .sort((a, b) => (a.client === b.client ? a.seq - b.seq : a.time - b.time));
  }
}

function keyOf({ client, seq }: Pick<KeptChange, "client" | "seq">): string {
  return `${client}:${seq}`;
}
