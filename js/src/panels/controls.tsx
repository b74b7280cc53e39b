// The small parts that panels are made of.
import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icons";

interface ButtonProps {
  icon: IconName;
  name: string;
  /** Shown while the pointer rests on it: the name and the key. */
  hint?: string;
  onClick(): void;
  disabled?: boolean;
  pressed?: boolean;
  label?: string;
  class?: string;
}

export function IconButton({
  icon,
  name,
  hint,
  onClick,
  disabled,
  pressed,
  label,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`ais-button ${rest.class ?? ""}`}
      aria-label={name}
      aria-pressed={pressed}
      title={hint ?? name}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      {label && <span>{label}</span>}
    </button>
  );
}

interface SliderProps {
  name: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  /** The value in words, for screen readers. */
  text?: string;
  disabled?: boolean;
  onInput(value: number): void;
}

export function Slider({
  name,
  value,
  min,
  max,
  step = 1,
  text,
  disabled,
  onInput,
}: SliderProps): JSX.Element {
  const filled = max > min ? ((value - min) / (max - min)) * 100 : 0;
  return (
    <input
      type="range"
      class="ais-slider"
      aria-label={name}
      aria-valuetext={text}
      min={min}
      max={max}
      step={step}
      value={value}
      disabled={disabled}
      style={{ "--filled": `${filled}%` }}
      onInput={(event) => onInput(Number(event.currentTarget.value))}
    />
  );
}

interface LabeledProps {
  label: string;
  value?: string;
  children: ComponentChildren;
}

/** A control with its label above and its value at the right. */
export function Labeled({ label, value, children }: LabeledProps): JSX.Element {
  return (
    <div class="ais-labeled">
      <span class="ais-label">{label}</span>
      {value !== undefined && <span class="ais-value">{value}</span>}
      {children}
    </div>
  );
}

interface ToggleProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange(checked: boolean): void;
}

export function Toggle({ label, hint, checked, onChange }: ToggleProps): JSX.Element {
  return (
    <label class="ais-toggle" title={hint}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

interface SectionProps {
  title: string;
  open?: boolean;
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** Part of the side bar that can be folded away. */
export function Section({ title, open = true, aside, children }: SectionProps): JSX.Element {
  return (
    <details class="ais-section" open={open}>
      <summary>
        <span class="ais-section-title">{title}</span>
        {aside}
      </summary>
      <div class="ais-section-body">{children}</div>
    </details>
  );
}
