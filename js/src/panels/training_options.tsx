// How a network is trained.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RunOptions, TrainingState } from "../state/training";
import { Labeled, Slider, TextField, Toggle } from "./controls";

const RATES = [1e-2, 1e-3, 3e-4, 1e-4, 5e-5];

interface Props {
  training: TrainingState;
}

export function TrainingOptions({ training }: Props): JSX.Element {
  const options = training.options.value;
  const suggestion = training.set.values.value?.suggestion;
  const set = (change: Partial<RunOptions>) => {
    training.options.value = { ...options, ...change };
  };
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
        <span class="ais-label" title="How often an epoch goes through the set, each time turned otherwise">
          Copies
        </span>
        <TextField
          name="Copies"
          value={String(options.copies)}
          onCommit={(text) => set({ copies: whole(text, 1, options.copies) })}
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
        <LearningRate value={options.learningRate} onChange={(learningRate) => set({ learningRate })} />
      </div>
      <Labeled label="Validate" value={`${Math.round(options.validation * 100)} %`}>
        <Slider
          name="Validation split"
          value={options.validation}
          min={0}
          max={0.5}
          step={0.05}
          text={`${Math.round(options.validation * 100)} percent of the boxes are kept aside`}
          onInput={(validation) => set({ validation })}
        />
      </Labeled>
      <Toggle
        label="Vary grey values"
        hint="Random brightness, contrast, blur and noise besides turns and flips"
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
        placeholder="such as 2e-4"
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
      title="Falls smoothly towards the end"
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        if (chosen === "own") setOwn(true);
        else onChange(chosen === "auto" ? null : Number(chosen));
      }}
    >
      <option value="auto">usual</option>
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
