// How long work stands.

/** As the kernel's widgets/job_view.py describes a job; work on files may also be skipped or claimed. */
export interface JobStatus {
  title: string;
  state: "waiting" | "running" | "done" | "skipped" | "claimed" | "failed" | "cancelled";
  /** 0–1 */
  progress: number;
  message: string;
  /** Seconds; null while unknown. */
  elapsed: number;
  time_left: number | null;
  error: string | null;
}
