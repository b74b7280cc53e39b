// How a network is trained.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { BatchSuggestion } from "../kernel/generated/wire";
import type { RunOptions } from "../state/training";
import { Labeled, Slider, Toggle } from "./controls";
import { TextField } from "./fields";

const RATES = [1e-2, 1e-3, 3e-4, 1e-4, 5e-5];

interface Props {
  options: RunOptions;
  /** A batch size that suits the set, and why; undefined before the kernel has said it. */
  suggestion: BatchSuggestion | undefined;
  onChange(options: RunOptions): void;
}

export function TrainingOptions({ options, suggestion, onChange }: Props): JSX.Element {
  const set = (change: Partial<RunOptions>) => onChange({ ...options, ...change });
  const whole = (text: string, least: number, otherwise: number) => {
    const value = Math.round(Number(text));
    return text !== "" && value >= least ? value : otherwise;
  };
  return (
    <fieldset class="ais-run-options" aria-label="Training options">
      <div class="ais-fields">
        <span class="ais-label">Epochs</span>
        <TextField
          name="Epochs"
          value={String(options.epochs)}
          onCommit={(text) => set({ epochs: whole(text, 1, options.epochs) })}
        />
        <span
          class="ais-label"
          title="How many times an epoch goes through the set, with different turns and flips each time"
        >
          Copies
        </span>
        <TextField
          name="Copies"
          value={String(options.n_copies)}
          onCommit={(text) => set({ n_copies: whole(text, 1, options.n_copies) })}
        />
        <span class="ais-label" title={suggestion?.reason}>
          Batch
        </span>
        <TextField
          name="Batch size"
          value={options.batch_size === null ? "" : String(options.batch_size)}
          placeholder={suggestion ? `auto: ${suggestion.batch_size}` : ""}
          onCommit={(text) => set({ batch_size: text === "" ? null : whole(text, 1, 8) })}
        />
        <span class="ais-label">Rate</span>
        <LearningRate value={options.learning_rate} onChange={(learning_rate) => set({ learning_rate })} />
      </div>
      <Labeled label="Validate" value={`${Math.round(options.validation_split * 100)} %`}>
        <Slider
          name="Validation split"
          value={options.validation_split}
          min={0}
          max={0.5}
          step={0.05}
          text={`${Math.round(options.validation_split * 100)} percent of the boxes are held out`}
          onInput={(validation_split) => set({ validation_split })}
        />
      </Labeled>
      <Toggle
        label="Vary grey values"
        hint="Vary brightness, contrast, blur and noise at random, besides turning and flipping"
        checked={options.augment}
        onChange={(augment) => set({ augment })}
      />
    </fieldset>
  );
}

interface RateProps {
  value: number | null;
  onChange(value: number | null): void;
}

function LearningRate({ value, onChange }: RateProps): JSX.Element {
  const [own, setOwn] = useState(false);
  if (own || (value !== null && !RATES.includes(value)))
    return (
      <TextField
        name="Learning rate"
        value={value === null ? "" : String(value)}
        placeholder="for example 2e-4"
        onCommit={(text) => {
          setOwn(false);
          onChange(Number(text) > 0 ? Number(text) : null);
        }}
      />
    );
  return (
    <select
      class="ais-select"
      aria-label="Learning rate"
      value={value === null ? "auto" : String(value)}
      title="Learning rate; it falls smoothly towards the end"
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        if (chosen === "own") setOwn(true);
        else onChange(chosen === "auto" ? null : Number(chosen));
      }}
    >
      <option value="auto">default</option>
      {RATES.map((rate) => (
        <option key={rate} value={String(rate)}>
          {rate
            .toExponential()
            .replace("e-", " · 10⁻")
            .replace(/\d$/, (n) => "⁰¹²³⁴⁵"[Number(n)])}
        </option>
      ))}
      <option value="own">other…</option>
    </select>
  );
}
