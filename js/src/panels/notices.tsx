// What the user must know now: errors, a busy or lost kernel, work that can be recovered, a lost graphics context.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TomogramState } from "../state/tomogram";
import type { TomogramSet } from "../state/tomogram_set";
import type { Viewer } from "../state/viewer";
import { IconButton } from "./controls";

interface Props {
  viewer: Viewer;
  graphics: "works" | "lost" | "missing";
}

/** Milliseconds without an answer after which the kernel counts as busy. */
const BUSY = 1500;

export function Notices({ viewer, graphics }: Props): JSX.Element {
  const { tomograms } = viewer;
  const tomogram = viewer.tomogram.value;
  const autosave = tomogram?.info.value.autosave_error;
  const missing = tomogram && !tomogram.info.value.available;
  return (
    <div class="ais-notices" aria-live="polite">
      {graphics === "missing" && (
        <Notice kind="error">This browser has no WebGL 2, which the picture needs.</Notice>
      )}
      {graphics === "lost" && (
        <Notice kind="info">The browser took the graphics context away; waiting for it…</Notice>
      )}
      {!tomograms.alive.value && (
        <Notice kind="error">
          The kernel is gone. Run the cell again; unsaved work is offered there for recovery.
        </Notice>
      )}
      {tomogram?.info.value.beside && <Beside key={tomogram.uid} viewer={viewer} tomogram={tomogram} />}
      {missing && <Notice kind="error">The tomogram's file cannot be found. Its menu relinks it.</Notice>}
      {autosave && <Notice kind="error">{autosave}</Notice>}
      {tomograms.error.value && (
        <Notice
          kind="error"
          onClose={() => {
            tomograms.error.value = null;
          }}
        >
          {tomograms.error.value}
        </Notice>
      )}
      <Busy tomograms={tomograms} />
    </div>
  );
}

/** A tomogram was opened by itself though it has annotations: they are offered, never silently left out. */
function Beside({ viewer, tomogram }: { viewer: Viewer; tomogram: TomogramState }): JSX.Element | null {
  const [open, setOpen] = useState(true);
  const { beside } = tomogram.info.value;
  if (!open || !beside) return null;
  const show = async () => {
    const content = { tomogram: tomogram.uid };
    const answer = await viewer.tomograms.ask<{ tomogram: string }>("open_beside", content);
    if (answer) viewer.wanted = answer.content.tomogram;
  };
  return (
    <Notice kind="info" onClose={() => setOpen(false)}>
      This tomogram has annotations: {beside.split("/").pop()}{" "}
      <button type="button" onClick={() => void show()}>
        Open them
      </button>
    </Notice>
  );
}

/** Unsaved work that a kernel left behind, above the views so that it covers nothing. */
export function RecoveryBanner({ tomograms }: { tomograms: TomogramSet }): JSX.Element | null {
  const [entry, ...others] = tomograms.recoverable.value;
  if (!entry) return null;
  const steps = `${entry.steps} ${entry.steps === 1 ? "step" : "steps"}`;
  return (
    <div class="ais-banner" role="status">
      <span>
        Unsaved work on “{entry.name}” from {new Date(entry.time * 1000).toLocaleString()} ({steps}) was left
        behind
        {others.length > 0 ? `, and ${others.length} older` : ""}.
      </span>
      <Recovery tomograms={tomograms} id={entry.id} />
    </div>
  );
}

function Recovery({ tomograms, id }: { tomograms: TomogramSet; id: string }): JSX.Element {
  const answer = async (discard: boolean) => {
    const found = await tomograms.ask<{ recoverable: [] }>("recover", { recovery: id, discard });
    if (found) tomograms.recoverable.value = found.content.recoverable;
  };
  return (
    <span class="ais-answers">
      <button type="button" onClick={() => void answer(false)}>
        Recover
      </button>
      <button type="button" onClick={() => void answer(true)}>
        Discard
      </button>
    </span>
  );
}

function Busy({ tomograms }: { tomograms: TomogramSet }): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setBusy(tomograms.link.waiting() > BUSY), 500);
    return () => clearInterval(timer);
  }, [tomograms]);
  if (!busy || !tomograms.alive.value) return null;
  const kept = tomograms.outbox.pending.value;
  return (
    <div class="ais-busy">
      The kernel is busy{kept > 0 ? `; ${kept} ${kept === 1 ? "change" : "changes"} on the way` : ""}
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
