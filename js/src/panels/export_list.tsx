// What waits, runs and has ended: progress, cancel, retry, and the results.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Color } from "../state/colors";
import { toHex } from "../state/colors";
import type { ExportInfo, ExportQueue, Result } from "../state/export_queue";
import { isGoing } from "../state/job_status";
import { IconButton, Section } from "./controls";
import { JobProgress } from "./job_progress";
import { fileName } from "./words";

/** How results lie over the picture. */
export interface ShownResults {
  /** Paths that are not shown. */
  hidden: ReadonlySignal<ReadonlySet<string>>;
  toggle(path: string): void;
  /** Colour in which results of a model are drawn; null where the model is not open. */
  colorOf(title: string): Color | null;
}

interface Props {
  results: ShownResults;
  queue: Pick<ExportQueue, "entries" | "busy" | "cancel" | "clear" | "retry">;
}

export function ExportList({ results, queue }: Props): JSX.Element | null {
  const entries = queue.entries.value;
  if (entries.length === 0) return null;
  const ended = entries.filter(({ status }) => !isGoing(status.state)).length;
  const aside = queue.busy.value ? (
    <button type="button" class="ais-chip" onClick={() => queue.cancel()}>
      Cancel all
    </button>
  ) : (
    <button type="button" class="ais-chip" onClick={() => queue.clear()}>
      Clear list
    </button>
  );
  return (
    <Section title={entries.length > 1 ? `Queue (${ended} of ${entries.length})` : "Queue"} aside={aside}>
      <ul class="ais-queue" aria-label="Queue">
        {entries.map((entry) => (
          <Entry key={entry.uid} entry={entry} results={results} queue={queue} />
        ))}
      </ul>
    </Section>
  );
}

function Entry({ entry, results, queue }: Props & { entry: ExportInfo }): JSX.Element {
  const { uid, status, notes, outputs, tomogram } = entry;
  const again = status.state === "done" || status.state === "skipped";
  return (
    <li>
      <JobProgress status={status} onCancel={() => queue.cancel(uid)}>
        <button
          type="button"
          class="ais-chip"
          title={again ? "Segment again and overwrite the results" : "Try again"}
          onClick={() => queue.retry(uid, again)}
        >
          {again ? "Again" : "Retry"}
        </button>
      </JobProgress>
      {notes.map((note) => (
        <p key={note} class="ais-note">
          {note}
        </p>
      ))}
      {outputs.map((result) => (
        <ResultRow key={result.path} result={result} open={tomogram !== null} results={results} />
      ))}
    </li>
  );
}

interface RowProps {
  result: Result;
  /** Whether its tomogram is open, so that it can be shown over the picture. */
  open: boolean;
  results: ShownResults;
}

function ResultRow({ result, open, results }: RowProps): JSX.Element {
  const color = results.colorOf(result.title);
  const shown = !results.hidden.value.has(result.path);
  return (
    <div class="ais-result">
      <i class="ais-dot" style={{ background: color ? toHex(color) : "currentColor" }} />
      <span class="ais-result-path" title={result.path}>
        {fileName(result.path)}
      </span>
      {result.scores?.dice != null && <span class="ais-value">Dice {result.scores.dice.toFixed(3)}</span>}
      {open && (
        <IconButton
          icon={shown ? "eye" : "hidden"}
          name={`${shown ? "Hide" : "Show"} result ${result.title}`}
          onClick={() => results.toggle(result.path)}
        />
      )}
    </div>
  );
}
