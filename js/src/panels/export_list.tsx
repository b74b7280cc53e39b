// What waits, runs and has ended: progress, cancel, retry, and the results.
import type { JSX } from "preact";
import { toHex } from "../state/colors";
import type { ExportInfo, ExportQueue, Result } from "../state/export_queue";
import type { Viewer } from "../state/viewer";
import { IconButton, Section } from "./controls";
import { JobProgress } from "./job_progress";

interface Props {
  viewer: Viewer;
  queue: ExportQueue;
}

export function ExportList({ viewer, queue }: Props): JSX.Element | null {
  const entries = queue.entries.value;
  if (entries.length === 0) return null;
  const ended = entries.filter(({ status }) => !["waiting", "running"].includes(status.state)).length;
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
          <Entry key={entry.uid} entry={entry} viewer={viewer} queue={queue} />
        ))}
      </ul>
    </Section>
  );
}

function Entry({ entry, viewer, queue }: Props & { entry: ExportInfo }): JSX.Element {
  const { uid, status, notes, outputs, tomogram } = entry;
  const again = status.state === "done" || status.state === "skipped";
  return (
    <li>
      <JobProgress status={status} onCancel={() => queue.cancel(uid)}>
        <button
          type="button"
          class="ais-chip"
          title={again ? "Make the results again" : "Try again"}
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
        <ResultRow key={result.path} result={result} open={tomogram !== null} viewer={viewer} />
      ))}
    </li>
  );
}

function ResultRow({ result, open, viewer }: { result: Result; open: boolean; viewer: Viewer }): JSX.Element {
  const model = viewer.models.models.value.find((one) => one.values.value.title === result.title);
  const shown = !viewer.results.hidden.value.has(result.path);
  return (
    <div class="ais-result">
      <i class="ais-dot" style={{ background: model ? toHex(model.values.value.color) : "currentColor" }} />
      <span class="ais-result-path" title={result.path}>
        {result.path.split("/").pop()}
      </span>
      {result.scores?.dice != null && <span class="ais-value">Dice {result.scores.dice.toFixed(3)}</span>}
      {open && (
        <IconButton
          icon={shown ? "eye" : "hidden"}
          name={`${shown ? "Hide" : "Show"} result ${result.title}`}
          onClick={() => viewer.results.toggle(result.path)}
        />
      )}
    </div>
  );
}
