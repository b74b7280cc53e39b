// A training run: its options, starting, stopping and continuing it, and how it is going.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { PROPOSED_ARCHITECTURE } from "../kernel/generated/tables";
import type { ModelValues } from "../kernel/generated/wire";
import type { Architectures } from "../state/architectures";
import { isActive, type Run, type RunValues, type TrainingState } from "../state/training";
import type { Note } from "../state/training_set";
import { ArchitectureChoice } from "./architecture_choice";
import { Section } from "./controls";
import { LossCurve } from "./loss_curve";
import { Notes } from "./notes";
import { ProgressBar } from "./progress_bar";
import { TrainingActions } from "./training_actions";
import { TrainingOptions } from "./training_options";
import { duration } from "./words";

interface Props {
  training: TrainingState;
  architectures: Architectures;
  /** The model that is trained; null: a new one. */
  model: ModelValues | null;
}

export function TrainingRunSection({ training, architectures, model }: Props): JSX.Element {
  const [architecture, setArchitecture] = useState<string>(PROPOSED_ARCHITECTURE);
  const uid = model?.uid ?? null;
  const run = training.run(uid);
  const set = training.set.values.value;
  const active = run !== null && isActive(run.values);
  const alive = training.alive.value;
  const notes: Note[] = [];
  if (training.error.value) notes.push({ kind: "error", text: training.error.value });
  if (uid !== null && !active) notes.push(...(set?.model_notes[uid] ?? []));
  if (run) notes.push(...runNotes(run.values, alive));
  return (
    <Section title="Training">
      <div class="ais-training">
        {uid === null && (
          <div class="ais-add">
            <span class="ais-label">New model</span>
            <ArchitectureChoice
              architectures={architectures}
              title={architecture}
              onChange={setArchitecture}
            />
          </div>
        )}
        {!active && (
          <TrainingOptions
            options={training.options.value}
            suggestion={set?.suggestion}
            onChange={(options) => {
              training.options.value = options;
            }}
          />
        )}
        <Notes notes={notes} />
        <TrainingActions
          key={uid}
          model={model}
          active={active}
          stopping={run?.values.stopping ?? false}
          hasSet={Boolean(set?.set)}
          alive={alive}
          onTrain={(startOver) => void training.train(uid, architecture, startOver)}
          onStop={() => void training.halt(uid!)}
        />
        {run && <Progress run={run} />}
        {run && <LossCurve curve={run.curve} version={training.version.value} />}
      </div>
    </Section>
  );
}

function Progress({ run: { values, curve } }: { run: Run }): JSX.Element {
  const { state, waits_for, stopping, time_left, message, progress } = values;
  const pace = values.steps_per_second;
  let text = message;
  if (state === "waiting") text = waits_for ? `waiting until ${waits_for} is trained` : "waiting";
  else if (stopping) text = "stopping…";
  else if (state === "cancelled") text = `stopped after ${epochs(curve.end)}`;
  else if (state === "done") text = `done: ${epochs(curve.end)}`;
  const facts = [
    state === "running" && time_left !== null && `${duration(time_left)} left`,
    state === "running" && pace > 0 && `${pace < 10 ? pace.toFixed(1) : Math.round(pace)} steps/s`,
    `batch ${values.batch_size}`,
    values.arithmetic,
    values.memory > 0 && `${(values.memory / 1e9).toFixed(1)} GB`,
  ].filter(Boolean);
  return (
    <div class="ais-run" data-state={state}>
      <ProgressBar
        name="Training progress"
        progress={progress}
        text={state === "failed" ? undefined : text}
      />
      <div class="ais-facts">
        <span>{facts.join(" · ")}</span>
        <span class="ais-device" title={values.device}>
          {values.device}
        </span>
      </div>
    </div>
  );
}

function epochs(count: number): string {
  return count === 1 ? "1 epoch" : `${Number(count.toFixed(1))} epochs`;
}

function runNotes(values: RunValues, alive: boolean): Note[] {
  const notes: Note[] = [];
  if (values.error) notes.push({ kind: "error", text: values.error });
  if (!alive && isActive(values)) {
    const kept = "its best weights are kept: run the cell again and recover them here";
    notes.push({ kind: "warning", text: `Training ended when its kernel did; ${kept}.` });
  }
  if (values.out_of_memory) {
    const text = `Batches of ${values.out_of_memory} did not fit into memory; continuing with batches of ${values.batch_size}.`;
    notes.push({ kind: "warning", text });
  }
  if (values.note) notes.push({ kind: "warning", text: values.note });
  if (values.backup_error) notes.push({ kind: "warning", text: values.backup_error });
  return notes;
}
