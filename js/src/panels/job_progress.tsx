// The progress of long work: a bar, a few words, the time left, and a button to stop it.
import type { ComponentChildren, JSX } from "preact";
import { isGoing, type JobStatus } from "../state/job_status";
import { IconButton } from "./controls";
import { Bar } from "./progress_bar";
import { duration } from "./words";

interface Props {
  status: JobStatus;
  onCancel(): void;
  /** Buttons beside the time, once it has ended. */
  children?: ComponentChildren;
}

export function JobProgress({ status, onCancel, children }: Props): JSX.Element {
  const { title, state, progress, message, error } = status;
  const percent = Math.floor(progress * 100);
  const busy = isGoing(state);
  return (
    <div class="ais-job" data-state={state}>
      <div class="ais-job-head">
        <span class="ais-job-title">{title}</span>
        <span class="ais-job-time">{timeOf(status)}</span>
        {busy && <IconButton icon="close" name={`Cancel ${title}`} hint="Cancel" onClick={onCancel} />}
        {!busy && children}
      </div>
      <Bar name={title} progress={progress} valueText={`${percent} %, ${state}`} />
      <div class="ais-job-message">{error ?? WORDS[state] ?? message}</div>
    </div>
  );
}

const WORDS: Partial<Record<JobStatus["state"], string>> = {
  cancelled: "stopped",
  skipped: "the results already exist",
  claimed: "another program is working on it",
};

function timeOf({ state, elapsed, time_left }: JobStatus): string {
  if (state === "waiting") return "waiting";
  if (state === "running") return time_left === null ? duration(elapsed) : `${duration(time_left)} left`;
  if (state === "done") return `done in ${duration(elapsed)}`;
  return elapsed >= 1 && state !== "skipped" ? `${state} after ${duration(elapsed)}` : state;
}
