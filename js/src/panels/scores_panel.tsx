// How good the results on the tomogram in view are, where the truth is known.
import type { JSX } from "preact";
import type { ExportPlan } from "../state/export_plan";
import type { ExportQueue, Result, Scores } from "../state/export_queue";
import type { TomogramState } from "../state/tomogram";
import { Labeled, Section, Toggle } from "./controls";
import { TextField } from "./fields";
import { counted, fileName, sliceRanges } from "./words";

interface Props {
  tomogram: TomogramState | undefined;
  plan: Pick<ExportPlan, "truths" | "unseenOnly">;
  queue: Pick<ExportQueue, "resultsOn" | "score">;
  /** Threshold of an open model, by title; undefined where it is not open. */
  thresholdOf(title: string): number | undefined;
}

export function ScoresPanel({ tomogram, plan, queue, thresholdOf }: Props): JSX.Element | null {
  const results = tomogram ? queue.resultsOn(tomogram.uid) : [];
  if (!tomogram || results.length === 0) return null;
  const annotated = tomogram.features.value.flatMap((feature) => feature.slices.value);
  const truthOf = ({ path, scores }: Result) => plan.truths.value.get(path) ?? scores?.truth ?? "";
  const compared = results.filter((result) => truthOf(result) !== "");
  const score = async () => {
    const ignore = plan.unseenOnly.peek() ? [...new Set(annotated)] : [];
    for (const result of compared)
      await queue.score(result.path, truthOf(result), thresholdOf(result.title) ?? 0.5, ignore);
  };
  return (
    <Section title="Scores">
      <div class="ais-form">
        {results.map((result) => (
          <Labeled key={result.path} label={`Truth for ${result.title}`}>
            <TextField
              name={`Truth for ${result.title}`}
              value={truthOf(result)}
              placeholder="Path of the reference mask"
              onCommit={(truth) => {
                plan.truths.value = new Map(plan.truths.peek()).set(result.path, truth);
              }}
            />
          </Labeled>
        ))}
        <Toggle
          label="Leave out annotated slices"
          checked={plan.unseenOnly.value}
          onChange={(on) => {
            plan.unseenOnly.value = on;
          }}
        />
        <button
          type="button"
          class="ais-chip"
          disabled={compared.length === 0}
          title="Compare each result with its own truth, where it was segmented"
          onClick={() => void score()}
        >
          Compare with truth
        </button>
        {results.map(({ path, title, scores }) =>
          scores ? <ScoreTable key={path} title={title} scores={scores} /> : null,
        )}
      </div>
    </Section>
  );
}

function ScoreTable({ title, scores }: { title: string; scores: Scores }): JSX.Element {
  const text = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  return (
    <figure class="ais-scores" aria-label={`Scores of ${title}`}>
      <table>
        <thead>
          <tr>
            <th>{title}</th>
            <th>Dice</th>
            <th>IoU</th>
            <th>Precision</th>
            <th>Recall</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>above {scores.threshold.toFixed(2)}</td>
            <td>{text(scores.dice)}</td>
            <td>{text(scores.iou)}</td>
            <td>{text(scores.precision)}</td>
            <td>{text(scores.recall)}</td>
          </tr>
          <tr>
            <td>best, {scores.best_threshold.toFixed(2)}</td>
            <td>{text(scores.best_dice)}</td>
            <td colSpan={3} />
          </tr>
        </tbody>
      </table>
      <Curve scores={scores} />
      <figcaption class="ais-label" title={scores.truth}>
        {compared(scores)}
      </figcaption>
    </figure>
  );
}

/** What the figures are of: 12 slices compared: 66–77, 100 × 80 px of each, with truth.mrc. */
function compared({ per_slice, region, truth }: Scores): string {
  const slices = per_slice.map(([z]) => z);
  const part = region ? `, ${region[3] - region[2]} × ${region[1] - region[0]} px of each` : "";
  return `${counted(slices.length, "slice")} compared: ${sliceRanges(slices)}${part}, with ${fileName(truth)}`;
}

/** Dice against the threshold, with marks at the threshold that is used and at the best one. */
function Curve({ scores }: { scores: Scores }): JSX.Element {
  const points = scores.curve.map((dice, level) => (dice === null ? "" : `${level},${100 - 100 * dice}`));
  const mark = (threshold: number, name: string) => (
    <line x1={255 * threshold} x2={255 * threshold} y1="0" y2="100" class={name} />
  );
  return (
    <svg
      class="ais-dice"
      viewBox="-1 -2 257 104"
      preserveAspectRatio="none"
      role="img"
      aria-label="Dice by threshold"
    >
      {mark(scores.threshold, "ais-dice-now")}
      {mark(scores.best_threshold, "ais-dice-best")}
      <polyline points={points.filter(Boolean).join(" ")} />
    </svg>
  );
}
