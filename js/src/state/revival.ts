// Brings changes to the kernel that a page made while none answered. In the annotations that they were made in, which
// came back by recovery or never went away, it does so unasked; each is made once, since the kernel knows their numbers.
// In annotations that were merely opened again they are offered.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { MakeEdits, Recoverable } from "../kernel/generated/wire";
import { isAbort, type Link } from "../kernel/protocol";
import { patchFromBytes, patchToBytes } from "../labels/patch";
import type { KeptChange, KeptChanges } from "./kept_changes";
import type { TomogramState } from "./tomogram";

/** Changes for one open tomogram. */
export interface Kept {
  tomogram: TomogramState;
  changes: KeptChange[];
}

interface Annotations {
  readonly all: ReadonlySignal<TomogramState[]>;
  readonly recoverable: ReadonlySignal<readonly Recoverable[]>;
  load(uid: string): Promise<void>;
}

export class Revival {
  /** What a person decides about. */
  readonly offers = signal<readonly Kept[]>([]);
  /** Changes that come with unsaved work once that is recovered, by the uid of its annotations. */
  readonly withRecovery = signal<Readonly<Record<string, number>>>({});
  /** What happened, for people. */
  readonly news = signal<string | null>(null);
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private store: KeptChanges | null,
    private link: Link,
    private client: string,
    private annotations: Annotations,
  ) {}

  /** Looks for changes of other pages, and of this one at an earlier kernel. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.sort()).catch(() => {}); // no storage: nothing was kept
    return this.looking;
  }

  /** Makes the changes in the kernel. */
  async accept({ tomogram, changes }: Kept): Promise<void> {
    await this.make(tomogram, changes);
    await this.look();
  }

  /** Gives the changes up. */
  async discard(changes: readonly KeptChange[]): Promise<void> {
    await this.store?.forget(changes);
    await this.look();
  }

  /** Gives up what belongs to unsaved work that is discarded. */
  async discardOf(uid: string): Promise<void> {
    const all = (await this.store?.all()) ?? [];
    await this.discard(all.filter((change) => change.tomogram.uid === uid));
  }

  private async sort(): Promise<void> {
    const kept = (await this.store?.all())?.filter(({ client }) => client !== this.client) ?? [];
    const open = this.annotations.all.peek().filter((tomogram) => tomogram.loaded.peek());
    const waiting = new Set(this.annotations.recoverable.peek().map((entry) => entry.tomogram));
    const offers: Kept[] = [];
    const withRecovery: Record<string, number> = {};
    for (const changes of grouped(kept)) {
      const { uid } = changes[0].tomogram;
      const same = open.find((tomogram) => tomogram.uid === uid);
      const alike = open.find((tomogram) => isAlike(tomogram, changes[0]));
      if (same) await this.make(same, changes);
      else if (waiting.has(uid)) withRecovery[uid] = changes.length;
      else if (alike) offers.push({ tomogram: alike, changes });
    }
    this.offers.value = offers;
    this.withRecovery.value = withRecovery;
  }

  /** Makes changes in order, until the kernel no longer answers, and says what came of it. */
  private async make(tomogram: TomogramState, changes: readonly KeptChange[]): Promise<void> {
    let made = 0;
    let unfit = 0;
    const names = new FeatureNames(tomogram, changes);
    for (const kept of changes) {
      try {
        const outcome = await this.send(kept, names.translated(kept));
        if (outcome === "made") made++;
        if (outcome === "unfit") unfit++;
      } catch (error) {
        if (isAbort(error)) return;
        unfit++; // the kernel refused it, and would again
      }
      await this.store!.forget([kept]);
    }
    await this.annotations.load(tomogram.uid);
    if (made > 0 || unfit > 0) this.news.value = inWords(made, unfit);
  }

  private async send(
    { client, seq }: KeptChange,
    letter: Pick<KeptChange, "change" | "buffers"> | null,
  ): Promise<"made" | "known" | "unfit"> {
    if (!letter) return "unfit";
    const { change, buffers } = letter;
    const numbered = { ...change.content, client, seq, replayed: true };
    const { content } = await this.link.request(change.kind, numbered as MakeEdits, { buffers });
    if ("gap" in content || content.disagrees) return "unfit";
    return content.revision === content.from ? "known" : "made";
  }
}

function inWords(made: number, unfit: number): string {
  const words = made === 1 ? "1 change" : `${made} changes`;
  const left = unfit === 0 ? "" : ` ${unfit === 1 ? "1 other" : `${unfit} others`} no longer fitted.`;
  return `${words} that had not reached the kernel ${made === 1 ? "was" : "were"} brought back.${left}`;
}

/** Changes to each tomogram. */
function grouped(kept: readonly KeptChange[]): KeptChange[][] {
  const groups = new Map<string, KeptChange[]>();
  for (const change of kept) {
    const group = groups.get(change.tomogram.uid) ?? [];
    groups.set(change.tomogram.uid, [...group, change]);
  }
  return [...groups.values()];
}

/** Whether it is the same tomogram, opened again. */
function isAlike(tomogram: TomogramState, { tomogram: kept }: KeptChange): boolean {
  const { name, path, shape } = tomogram.info.peek();
  return path === kept.path && name === kept.name && shape.join() === kept.shape.join();
}

/** The features of annotations that were opened again have other uids: they are found by their titles. */
class FeatureNames {
  private known: Map<string, string>;
  private added: Set<string>;

  constructor(
    private tomogram: TomogramState,
    changes: readonly KeptChange[],
  ) {
    const features = tomogram.features.peek();
    this.known = new Map(features.map(({ uid }) => [uid, uid]));
    for (const [uid, title] of changes.flatMap(({ titles }) => Object.entries(titles))) {
      const alike = features.filter((feature) => feature.settings.peek().title === title);
      if (!this.known.has(uid) && alike.length === 1) this.known.set(uid, alike[0].uid);
    }
    const edits = changes.flatMap(({ change }) => (change.kind === "edit" ? change.content.edits : []));
    this.added = new Set(
      edits.flatMap((edit) => (edit.edit === "feature" && edit.before === null ? [edit.feature] : [])),
    );
  }

  /** The change for this tomogram; null where it is about a feature that is not there. */
  translated({ change, buffers }: KeptChange): Pick<KeptChange, "change" | "buffers"> | null {
    const { uid } = this.tomogram;
    if (change.kind !== "edit")
      return { change: { ...change, content: { ...change.content, tomogram: uid } }, buffers };
    const written = [...buffers];
    const edits = [];
    for (const edit of change.content.edits) {
      if (edit.edit === "patch") {
        const patch = patchFromBytes(buffers[edit.blob]);
        const feature = this.nameOf(patch.feature);
        if (!feature) return null;
        written[edit.blob] = patchToBytes(uid, { ...patch, feature });
        edits.push(edit);
      } else {
        const feature = this.nameOf(edit.feature);
        if (!feature) return null;
        edits.push({ ...edit, feature });
      }
    }
    return {
      change: { kind: "edit", content: { ...change.content, tomogram: uid, edits } },
      buffers: written,
    };
  }

  private nameOf(feature: string): string | undefined {
    return this.known.get(feature) ?? (this.added.has(feature) ? feature : undefined);
  }
}
