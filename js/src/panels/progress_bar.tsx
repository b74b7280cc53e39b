// A bar that fills, with a few words under it.
import type { JSX } from "preact";

interface Props {
  name: string;
  /** 0–1 */
  progress: number;
  text?: string;
}

export function ProgressBar({ name, progress, text }: Props): JSX.Element {
  return (
    <div class="ais-bar-line">
      <div
        class="ais-progress"
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(progress * 100)}
      >
        <div style={{ width: `${progress * 100}%` }} />
      </div>
      {text && <div class="ais-job-message">{text}</div>}
    </div>
  );
}
