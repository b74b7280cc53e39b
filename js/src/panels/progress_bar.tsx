// A progress bar, alone or with a few words under it.
import type { JSX } from "preact";

interface BarProps {
  name: string;
  /** 0–1 */
  progress: number;
  /** The progress in words, for screen readers. */
  valueText?: string;
}

export function Bar({ name, progress, valueText }: BarProps): JSX.Element {
  return (
    <div
      class="ais-progress"
      role="progressbar"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(progress * 100)}
      aria-valuetext={valueText}
    >
      <div style={{ width: `${progress * 100}%` }} />
    </div>
  );
}

export function ProgressBar({ text, ...bar }: BarProps & { text?: string }): JSX.Element {
  return (
    <div class="ais-bar-line">
      <Bar {...bar} />
      {text && <div class="ais-job-message">{text}</div>}
    </div>
  );
}
