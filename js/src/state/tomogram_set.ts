// The open tomograms, shared by all views of one widget on this page, and kept in agreement with the kernel.
import { batch, computed, signal } from "@preact/signals";
import type { Changes, Delivered, LibraryEntry, Recoverable, TomogramInfo } from "../kernel/generated/wire";
import type { Link } from "../kernel/protocol";
import { Asker } from "./asker";
import { ChangeKeeper } from "./change_keeper";
import { decodeEdit, type Edit, encodeEdit, inverse, type Step, type StepName, sliceOf } from "./edits";
import { FeatureState, isStep } from "./feature";
import { type KeptChange, KeptChanges } from "./kept_changes";
import { type Change, Outbox } from "./outbox";
import { Revival } from "./revival";
import { TomogramState } from "./tomogram";

/** Dragging a colour or typing a title makes one step, as in the kernel. */
const MERGE_MILLISECONDS = 1000;

export type { LibraryEntry, Recoverable };

/** Whether a feature still has the name it was created with. */
export function isUnnamed(title: string): boolean {
  return title.startsWith("Unnamed feature");
}

export class TomogramSet extends Asker {
  readonly all = signal<TomogramState[]>([]);
  readonly recoverable = signal<readonly Recoverable[]>([]);
  readonly library = signal<readonly LibraryEntry[]>([]);
  readonly alive = signal(true);
  readonly ready = signal(false);
  readonly outbox: Outbox;
  readonly keeper: ChangeKeeper;
  readonly revival: Revival;
  /** Names to choose from: those of the library, then those in use. */
  readonly titles = computed(() => {
    const known = this.library.value.map((entry) => entry.title);
    const used = this.all.value
      .flatMap((tomogram) => tomogram.features.value.map((feature) => feature.settings.value.title))
      .filter((title) => !isUnnamed(title));
    return [...new Set([...known, ...used])];
  });
  readonly unsaved = computed(() => this.all.value.some((tomogram) => tomogram.info.value.unsaved));
  /** Strokes being drawn: until they end nothing is undone and no annotations are replaced. */
  private strokes = 0;
  private stale = new Set<string>();
  private showing = new WeakMap<Change, (z: number) => void>();
  private stop: (() => void)[];

  constructor(link: Link, kept: KeptChanges | null = KeptChanges.open()) {
    super(link);
    const client = Math.random().toString(16).slice(2, 10);
    this.keeper = new ChangeKeeper(kept, client, (change) => this.belongings(change));
    this.revival = new Revival(kept, link, client, this);
    this.outbox = new Outbox(
      link,
      client,
      (change, answer) => this.delivered(change, answer),
      (error) => this.refused(error),
      (revisions) => this.compare(revisions),
      this.keeper,
    );
    this.stop = [
      link.on("changes", (content, buffers) => this.onChanges(content, buffers)),
      link.on("tomograms", ({ tomograms }) => this.onTomograms(tomograms)),
      link.onAlive((alive) => {
        this.alive.value = alive;
      }),
    ];
  }

  async open(): Promise<void> {
    const { content } = await this.link.request("open");
    this.onTomograms(content.tomograms);
    this.recoverable.value = content.recoverable;
    this.ready.value = true;
    void this.revival.look();
    const library = await this.ask("library");
    if (library) this.library.value = library.content.library;
  }

  /** Puts the settings of a feature into the library. */
  async keepInLibrary(tomogram: string, feature: string): Promise<void> {
    const answer = await this.ask("library_keep", { tomogram, feature });
    if (answer) this.library.value = answer.content.library;
  }

  /** Brings unsaved work back, or deletes it. */
  async recover({ id, tomogram }: Recoverable, discard: boolean): Promise<void> {
    const answer = await this.ask("recover", { recovery: id, discard });
    if (!answer) return;
    this.recoverable.value = answer.content.recoverable;
    if (discard) await this.revival.discardOf(tomogram);
    if (answer.content.note) void this.problems.report("recover", answer.content.note);
  }

  close(): void {
    for (const stop of this.stop) stop();
    this.outbox.close();
    this.keeper.close();
  }

  get(uid: string | null): TomogramState | undefined {
    return this.all.value.find((tomogram) => tomogram.uid === uid);
  }

  strokeBegins(): void {
    this.strokes++;
  }

  strokeEnds(): void {
    this.strokes--;
    this.refreshStale();
  }

  // changes made here -------------------------------------------------------------------------------------------------

  /** Makes changes one undoable step and tells the kernel. `done`: they have been made already (a stroke). */
  commit(tomogram: TomogramState, name: StepName, edits: Edit[], done = false): void {
    if (edits.length === 0) return;
    if (!done) batch(() => edits.forEach((edit) => tomogram.apply(edit)));
    else tomogram.version.value++;
    const kept = edits.every((edit) => edit.edit === "setting" && !isStep(edit.name));
    const key = `${this.outbox.client}:${this.outbox.next}`;
    if (!kept) this.remember(tomogram, { key, name, edits, time: performance.now() });
    const blobs: Uint8Array[] = [];
    const fields = edits.map((edit) => encodeEdit(tomogram.uid, edit, blobs));
    const content = { tomogram: tomogram.uid, name, key, edits: fields };
    this.outbox.send({ kind: "edit", content }, blobs);
    this.describe(tomogram, kept ? {} : { unsaved: true, undo: name, redo: null });
  }

  /** Takes back the latest step (`redo`: makes it again); `show` gets the slice it was on, perhaps from the kernel. */
  travel(tomogram: TomogramState, kind: "undo" | "redo", show: (z: number) => void): void {
    if (this.strokes > 0) return;
    const { history } = tomogram;
    const step = kind === "undo" ? history.back() : history.forward();
    if (!step && !tomogram.info.peek()[kind]) return;
    if (step) {
      const edits = kind === "undo" ? step.edits.map(inverse).reverse() : step.edits;
      batch(() => edits.forEach((edit) => tomogram.apply(edit)));
    }
    const change: Change = { kind, content: { tomogram: tomogram.uid, expect: step?.key ?? null } };
    if (!step) this.showing.set(change, show);
    this.outbox.send(change);
    if (step)
      this.describe(tomogram, {
        unsaved: true,
        undo: history.undoName ?? (kind === "redo" ? step.name : tomogram.info.peek().undo),
        redo: history.redoName ?? (kind === "undo" ? step.name : null),
      });
    const z = step ? sliceOf(step) : null;
    if (z !== null) show(z);
  }

  private remember(tomogram: TomogramState, step: Step): void {
    const last = tomogram.history.latest;
    const [edit] = step.edits;
    const [before] = last?.edits ?? [];
    if (
      last &&
      step.edits.length === 1 &&
      last.edits.length === 1 &&
      edit.edit === "setting" &&
      before.edit === "setting" &&
      edit.feature === before.feature &&
      edit.name === before.name &&
      step.time - last.time <= MERGE_MILLISECONDS
    )
      tomogram.history.replaceLatest({ ...step, edits: [{ ...edit, before: before.before }] });
    else tomogram.history.push(step);
  }

  // agreement with the kernel -----------------------------------------------------------------------------------------

  private delivered(change: Change, answer: Delivered): void {
    this.problems.solved("edit");
    const tomogram = this.get(change.content.tomogram);
    if (!tomogram) return;
    const { from, revision, disagrees, info, z } = answer;
    this.describe(tomogram, info);
    if (from !== tomogram.revision) this.stale.add(tomogram.uid);
    tomogram.revision = revision;
    if (disagrees) this.stale.add(tomogram.uid);
    if (typeof z === "number") this.showing.get(change)?.(z);
    this.refreshStale();
  }

  private onChanges(content: Changes, buffers: DataView[]): void {
    const tomogram = this.get(content.tomogram);
    if (!tomogram?.loaded.peek()) return;
    const { from, revision, client } = content;
    if (client === this.outbox.client) return; // already known from the answer to our request
    this.describe(tomogram, content.info);
    if (from !== tomogram.revision) this.stale.add(tomogram.uid);
    tomogram.revision = revision;
    // Our own changes on their way come after these in the kernel but were made first here: compare once they are confirmed.
    const ours = (change: Change) =>
      change.content.tomogram === tomogram.uid && (change.kind === "edit" || change.content.expect !== null);
    if (this.outbox.some(ours)) this.stale.add(tomogram.uid);
    const { width, height } = tomogram;
    const edits = content.edits.map((fields) =>
      decodeEdit(fields, buffers, (one, blobs) => FeatureState.decode(one, blobs, width, height)),
    );
    batch(() => edits.forEach((edit) => tomogram.apply(edit)));
    if (content.step) tomogram.history.clear();
    this.refreshStale();
  }

  private compare(revisions: Readonly<Record<string, number>>): void {
    for (const tomogram of this.all.peek())
      if (
        tomogram.loaded.peek() &&
        revisions[tomogram.uid] !== undefined &&
        revisions[tomogram.uid] !== tomogram.revision
      )
        this.stale.add(tomogram.uid);
    this.refreshStale();
  }

  private refreshStale(): void {
    if (this.outbox.pending.peek() > 0 || this.strokes > 0) return;
    for (const uid of this.stale) void this.load(uid);
    this.stale.clear();
  }

  /** Fetches all annotations of one tomogram. */
  async load(uid: string): Promise<void> {
    const answer = await this.ask("snapshot", { tomogram: uid, client: this.outbox.client });
    const tomogram = this.get(uid);
    if (!answer || !tomogram) return;
    if (this.strokes > 0 || this.outbox.some(({ content }) => content.tomogram === uid)) {
      this.stale.add(uid); // painted meanwhile: ask again when that has arrived
      return;
    }
    const { content, buffers } = answer;
    const features = content.features.map((fields) =>
      FeatureState.decode(fields, buffers, tomogram.width, tomogram.height),
    );
    batch(() => {
      const active = tomogram.active.peek();
      tomogram.features.value = features;
      tomogram.active.value = features.some((f) => f.uid === active) ? active : (features[0]?.uid ?? null);
      tomogram.revision = content.revision;
      tomogram.loaded.value = true;
      tomogram.version.value++;
    });
    tomogram.history.clear();
    this.describe(tomogram, content.info);
  }

  private onTomograms(infos: readonly TomogramInfo[]): void {
    const fresh: string[] = [];
    batch(() => {
      this.all.value = infos.map((info) => {
        const known = this.get(info.uid);
        if (!known) fresh.push(info.uid);
        else known.info.value = info;
        return known ?? new TomogramState(info);
      });
    });
    for (const uid of fresh) void this.load(uid).then(() => this.revival.look());
  }

  /** What another kernel has to know to make a change. */
  private belongings({ content }: Change): Pick<KeptChange, "tomogram" | "titles"> | null {
    const tomogram = this.get(content.tomogram);
    if (!tomogram) return null;
    const { uid, name, path, shape } = tomogram.info.peek();
    const titles = tomogram.features.peek().map((one) => [one.uid, one.settings.peek().title] as const);
    return { tomogram: { uid, name, path, shape }, titles: Object.fromEntries(titles) };
  }

  private describe(tomogram: TomogramState, news: Partial<TomogramInfo>): void {
    tomogram.info.value = { ...tomogram.info.peek(), ...news };
  }

  /** The kernel refused a change that was made here: its annotations replace ours. */
  private refused(error: unknown): void {
    void this.problems.report("edit", error);
    for (const tomogram of this.all.peek()) this.stale.add(tomogram.uid);
    this.refreshStale();
  }
}
