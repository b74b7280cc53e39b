// A job in the output of a cell: its progress, the time left, and a button to stop it.
import { type Signal, signal } from "@preact/signals";
import { type JSX, render } from "preact";
import type { App, Traits } from "../kernel/app";
import type { Link } from "../kernel/protocol";
import { JobProgress } from "../panels/job_progress";
import type { JobStatus } from "../state/job_status";

/** The status is a trait, so that a saved notebook still shows how the job ended. */
export function openJob(link: Link, traits: Traits): App {
  const status = signal<JobStatus>(traits.get("status"));
  const stop = traits.watch("status", () => {
    status.value = traits.get("status");
  });
  const cancel = () => void link.request("cancel_job").catch(() => {}); // without a kernel there is no job
  return {
    render(element) {
      render(<JobCell status={status} onCancel={cancel} />, element);
      return () => render(null, element);
    },
    close: stop,
  };
}

function JobCell({ status, onCancel }: { status: Signal<JobStatus>; onCancel(): void }): JSX.Element {
  return (
    <div class="ais-cell">
      <JobProgress status={status.value} onCancel={onCancel} />
    </div>
  );
}
