// How long work goes, as the kernel's widgets/job_view.py describes a job.

export interface JobStatus {
  title: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  /** 0–1 */
  progress: number;
  message: string;
  /** Seconds; null while unknown. */
  elapsed: number;
  timeLeft: number | null;
  error: string | null;
}
