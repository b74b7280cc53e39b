// What the user must know now: errors, a busy or lost kernel, annotations beside a tomogram, a lost graphics context.
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Problems } from "../state/problems";
import type { TomogramState } from "../state/tomogram";
import type { Recoverable, TomogramSet } from "../state/tomogram_set";
import { IconButton } from "./controls";
import { counted, fileName } from "./words";

/** What one view shows, and what may be wrong with it. */
export interface NoticesView {
  tomogram: ReadonlySignal<TomogramState | undefined>;
  tomograms: Pick<
    TomogramSet,
    "alive" | "problems" | "recoverable" | "outbox" | "keeper" | "revival" | "link" | "ask"
  >;
  /** uid of a tomogram to show as soon as it is in the list. */
  wanted: string | null;
}

interface Props {
  viewer: NoticesView;
  graphics: "works" | "lost" | "missing";
}

/** Milliseconds without an answer after which the kernel counts as busy. */
const BUSY = 1500;

export function Notices({ viewer, graphics }: Props): JSX.Element {
  const { tomograms } = viewer;
  const tomogram = viewer.tomogram.value;
  const info = tomogram?.info.value;
  const offersRecovery = tomograms.recoverable.value.some((entry) => entry.name === info?.name);
  return (
    <div class="ais-notices" aria-live="polite">
      {graphics === "missing" && (
        <Notice kind="error">The picture needs WebGL 2, which this browser does not offer.</Notice>
      )}
      {graphics === "lost" && (
        <Notice kind="info">The browser has taken the graphics context away; waiting for it…</Notice>
      )}
      {!tomograms.alive.value && (
        <Notice kind="error">
          The kernel is gone. Run the cell again; unsaved work is offered there for recovery
          {tomograms.keeper.works.value
            ? ", with all that is painted here until then."
            : ". This browser keeps nothing: what is painted here from now on is lost."}
        </Notice>
      )}
      {tomogram && info?.beside && !offersRecovery && (
        <Beside key={tomogram.uid} viewer={viewer} tomogram={tomogram} path={info.beside} />
      )}
      {info && !info.available && (
        <Notice kind="error">
          The file of this tomogram cannot be found. Choose Relink… in its menu to say where it is.
        </Notice>
      )}
      {info?.autosave_error && <Notice kind="error">{info.autosave_error}</Notice>}
      <BroughtBack revival={tomograms.revival} />
      <LatestProblem problems={tomograms.problems} />
      <Busy tomograms={tomograms} />
    </div>
  );
}

function LatestProblem({ problems }: { problems: Problems }): JSX.Element | null {
  const problem = problems.latest.value;
  if (!problem) return null;
  const { message, offer } = problem;
  return (
    <Notice kind="error" onClose={() => problems.dismiss()}>
      {message}
      {offer && (
        <button type="button" onClick={offer.accept}>
          {offer.label}
        </button>
      )}
    </Notice>
  );
}

/** What the browser kept while no kernel answered. */
function BroughtBack({ revival }: { revival: TomogramSet["revival"] }): JSX.Element {
  const { news, offers } = revival;
  return (
    <>
      {news.value && (
        <Notice
          kind="info"
          onClose={() => {
            news.value = null;
          }}
        >
          {news.value}
        </Notice>
      )}
      {offers.value.map((offer) => (
        <Notice kind="info" key={offer.changes[0].tomogram.uid}>
          This browser keeps {counted(offer.changes.length, "change")} to {offer.tomogram.info.value.name}{" "}
          from {new Date(offer.changes.at(-1)!.time).toLocaleString()} that no kernel received.{" "}
          <button type="button" onClick={() => void revival.accept(offer)}>
            Bring back
          </button>
          <button type="button" onClick={() => void revival.discard(offer.changes)}>
            Discard
          </button>
        </Notice>
      ))}
    </>
  );
}

interface BesideProps {
  viewer: NoticesView;
  tomogram: TomogramState;
  path: string;
}

/** A tomogram was opened by itself although it has annotations: they are offered, never left out silently. */
function Beside({ viewer, tomogram, path }: BesideProps): JSX.Element | null {
  const [open, setOpen] = useState(true);
  if (!open) return null;
  const show = async () => {
    const answer = await viewer.tomograms.ask("open_beside", { tomogram: tomogram.uid });
    if (answer) viewer.wanted = answer.content.tomogram;
  };
  return (
    <Notice kind="info" onClose={() => setOpen(false)}>
      This tomogram has annotations: {fileName(path)}{" "}
      <button type="button" onClick={() => void show()}>
        Open them
      </button>
    </Notice>
  );
}

/** Unsaved work that a kernel left behind, above the views so that it covers nothing. */
export function RecoveryBanner({
  tomograms,
}: {
  tomograms: Pick<TomogramSet, "recoverable" | "recover" | "revival">;
}): JSX.Element | null {
  const [entry, ...others] = tomograms.recoverable.value;
  if (!entry) return null;
  return (
    <div class="ais-banner" role="status">
      <span>
        {described(entry, others.length, tomograms.revival.withRecovery.value[entry.tomogram] ?? 0)}
      </span>
      <span class="ais-answers">
        <button type="button" onClick={() => void tomograms.recover(entry, false)}>
          Recover
        </button>
        <button type="button" onClick={() => void tomograms.recover(entry, true)}>
          Discard
        </button>
      </span>
    </div>
  );
}

function described({ name, time, steps, annotations }: Recoverable, others: number, kept: number): string {
  const when = new Date(time * 1000).toLocaleString();
  const browser = kept > 0 ? ` and ${counted(kept, "change")} kept in this browser` : "";
  const what = `Unsaved work on “${name}” from ${when} (${counted(steps, "step")}${browser})`;
  const more = others > 0 ? `, and ${others} older,` : "";
  const includes = annotations ? ` Recovering it includes what is saved in ${fileName(annotations)}.` : "";
  return `${what}${more} can be recovered.${includes}`;
}

function Busy({ tomograms }: { tomograms: NoticesView["tomograms"] }): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setBusy(tomograms.link.waiting() > BUSY), 500);
    return () => clearInterval(timer);
  }, [tomograms]);
  if (!busy || !tomograms.alive.value) return null;
  const kept = tomograms.outbox.pending.value;
  return (
    <div class="ais-busy">
      The kernel is busy{kept > 0 ? `; ${counted(kept, "change")} waiting to be sent` : ""}
    </div>
  );
}

function Notice(props: {
  kind: "error" | "info";
  onClose?: () => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`ais-notice ais-${props.kind}`} role={props.kind === "error" ? "alert" : "status"}>
      {props.children}
      {props.onClose && <IconButton icon="close" name="Dismiss" onClick={props.onClose} />}
    </div>
  );
}
