// The open tomograms, shared by all views of one widget on this page, and kept in agreement with the kernel.
import { batch, computed, signal } from "@preact/signals";
import type { Answer, Content, Link, RequestOptions } from "../kernel/protocol";
import { decodeEdit, type Edit, encodeEdit, inverse, type Step, sliceOf } from "./edits";
import { FeatureState, TOOL_SETTINGS } from "./feature";
import { Outbox } from "./outbox";
import { type TomogramInfo, TomogramState } from "./tomogram";

/** Dragging a colour or typing a title makes one step, as in the kernel. */
const MERGE_MILLISECONDS = 1000;

/** Settings that a feature of this name starts with; lengths in Å. */
export interface LibraryEntry {
  title: string;
  color: [number, number, number];
  box_size: number;
  brush_diameter: number;
  alpha: number;
}

export interface Recoverable {
  id: string;
  name: string;
  time: number;
  steps: number;
}

export class TomogramSet {
  readonly all = signal<TomogramState[]>([]);
  readonly recoverable = signal<Recoverable[]>([]);
  readonly library = signal<LibraryEntry[]>([]);
  readonly alive = signal(true);
  /** The latest thing that went wrong, for the user. */
  readonly error = signal<string | null>(null);
  readonly ready = signal(false);
  readonly outbox: Outbox;
  readonly unsaved = computed(() => this.all.value.some((tomogram) => tomogram.info.value.unsaved));
  /** Strokes that are being made: until their end nothing is undone and no annotations are replaced. */
  private strokes = 0;
  private stale = new Set<string>();
  private showing = new WeakMap<Content, (z: number) => void>();
  private stop: (() => void)[];

  constructor(readonly link: Link) {
    const client = Math.random().toString(16).slice(2, 10);
    this.outbox = new Outbox(
      link,
      client,
      (kind, content, answer) => this.delivered(kind, content, answer),
      (message) => this.refused(message),
      (revisions) => this.compare(revisions),
    );
    this.stop = [
      link.on("changes", (content, buffers) => this.onChanges(content, buffers)),
      link.on("tomograms", (content) => this.onTomograms(content)),
      link.onAlive((alive) => {
        this.alive.value = alive;
      }),
    ];
  }

  async open(): Promise<void> {
    const { content } = await this.link.request("open");
    this.onTomograms(content);
    this.ready.value = true;
    await this.readLibrary("library");
  }

  /** Fetches the feature library, or changes it by a request that answers with it. */
  async readLibrary(kind: string, content: Content = {}): Promise<void> {
    const answer = await this.ask<{ library: LibraryEntry[] }>(kind, content);
    if (answer) this.library.value = answer.content.library;
  }

  close(): void {
    for (const stop of this.stop) stop();
    this.outbox.close();
  }

  get(uid: string | null): TomogramState | undefined {
    return this.all.value.find((tomogram) => tomogram.uid === uid);
  }

  /** Asks the kernel for something that is no change of annotations; errors are shown. */
  async ask<T = Content>(
    kind: string,
    content: Content = {},
    options: RequestOptions = {},
  ): Promise<Answer<T> | null> {
    try {
      return await this.link.request<T>(kind, content, options);
    } catch (error) {
      this.error.value = error instanceof Error ? error.message : String(error);
      return null;
    }
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
  commit(tomogram: TomogramState, name: string, edits: Edit[], done = false): void {
    if (edits.length === 0) return;
    if (!done) batch(() => edits.forEach((edit) => tomogram.apply(edit)));
    else tomogram.version.value++;
    const tool = edits.every((edit) => edit.edit === "setting" && TOOL_SETTINGS.has(edit.name));
    const key = `${this.outbox.client}:${this.outbox.next}`;
    if (!tool) this.remember(tomogram, { key, name, edits, time: performance.now() });
    const blobs: Uint8Array[] = [];
    const fields = edits.map((edit) => encodeEdit(tomogram.uid, edit, blobs));
    this.outbox.send("edit", { tomogram: tomogram.uid, name, key, edits: fields }, blobs);
    this.describe(tomogram, tool ? {} : { unsaved: true, undo: name, redo: null });
  }

  /** Takes the last step back (`redo`: makes it again); `show` is told which slice it was on, perhaps by the kernel. */
  travel(tomogram: TomogramState, kind: "undo" | "redo", show: (z: number) => void): void {
    if (this.strokes > 0) return;
    const { history } = tomogram;
    const step = kind === "undo" ? history.back() : history.forward();
    if (!step && !tomogram.info.peek()[kind]) return;
    if (step) {
      const edits = kind === "undo" ? step.edits.map(inverse).reverse() : step.edits;
      batch(() => edits.forEach((edit) => tomogram.apply(edit)));
    }
    const content = { tomogram: tomogram.uid, expect: step?.key ?? null };
    if (!step) this.showing.set(content, show);
    this.outbox.send(kind, content);
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

  private delivered(_kind: string, content: Content, { content: answer }: Answer): void {
    const tomogram = this.get(String(content.tomogram));
    if (!tomogram) return;
    this.describe(tomogram, answer.info as Partial<TomogramInfo>);
    const { from, revision, disagrees } = answer as { from: number; revision: number; disagrees: boolean };
    if (from !== tomogram.revision) this.stale.add(tomogram.uid);
    tomogram.revision = revision;
    if (disagrees) this.stale.add(tomogram.uid);
    if (typeof answer.z === "number") this.showing.get(content)?.(answer.z);
    this.refreshStale();
  }

  private onChanges(content: Content, buffers: DataView[]): void {
    const tomogram = this.get(String(content.tomogram));
    if (!tomogram?.loaded.peek()) return;
    const { from, revision, client } = content as { from: number; revision: number; client: string | null };
    if (client === this.outbox.client) return; // the answer to our request says it
    this.describe(tomogram, content.info as Partial<TomogramInfo>);
    if (from !== tomogram.revision) this.stale.add(tomogram.uid);
    tomogram.revision = revision;
    // Our own changes on the way come after these in the kernel, but came first here: look again when they are through.
    const ours = (kind: string, letter: Content) =>
      letter.tomogram === tomogram.uid && (kind === "edit" || letter.expect !== null);
    if (this.outbox.some(ours)) this.stale.add(tomogram.uid);
    const decode = (fields: Content, blobs: DataView[]) =>
      FeatureState.decode(fields, blobs, tomogram.width, tomogram.height);
    const edits = (content.edits as Content[]).map((fields) => decodeEdit(fields, buffers, decode));
    batch(() => edits.forEach((edit) => tomogram.apply(edit)));
    if (content.step) tomogram.history.clear();
    this.refreshStale();
  }

  private compare(revisions: Record<string, number>): void {
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
    const answer = await this.ask<Content>("snapshot", { tomogram: uid });
    const tomogram = this.get(uid);
    if (!answer || !tomogram) return;
    if (this.strokes > 0 || this.outbox.some((_, letter) => letter.tomogram === uid)) {
      this.stale.add(uid); // painted meanwhile: ask again when that has arrived
      return;
    }
    const { content, buffers } = answer;
    const features = (content.features as Content[]).map((fields) =>
      FeatureState.decode(fields, buffers, tomogram.width, tomogram.height),
    );
    batch(() => {
      const active = tomogram.active.peek();
      tomogram.features.value = features;
      tomogram.active.value = features.some((f) => f.uid === active) ? active : (features[0]?.uid ?? null);
      tomogram.revision = content.revision as number;
      tomogram.loaded.value = true;
      tomogram.version.value++;
    });
    tomogram.history.clear();
    this.describe(tomogram, content.info as Partial<TomogramInfo>);
  }

  private onTomograms(content: Content): void {
    const infos = content.tomograms as TomogramInfo[];
    const fresh: string[] = [];
    batch(() => {
      this.all.value = infos.map((info) => {
        const known = this.get(info.uid);
        if (!known) fresh.push(info.uid);
        else known.info.value = info;
        return known ?? new TomogramState(info);
      });
      if (content.recoverable) this.recoverable.value = content.recoverable as Recoverable[];
    });
    for (const uid of fresh) void this.load(uid);
  }

  private describe(tomogram: TomogramState, news: Partial<TomogramInfo> | undefined): void {
    if (news) tomogram.info.value = { ...tomogram.info.peek(), ...news };
  }

  /** The kernel could not make a change that was made here: take its word. */
  private refused(message: string): void {
    this.error.value = message;
    for (const tomogram of this.all.peek()) this.stale.add(tomogram.uid);
    this.refreshStale();
  }
}
