// The state of long work.
import type { JobState, JobStatus } from "../kernel/generated/wire";

export type { JobStatus };

/** Whether it has not ended. */
export function isGoing(state: JobState): boolean {
  return state === "waiting" || state === "running";
}
