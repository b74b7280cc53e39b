// The small parts that panels are made of.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons";

interface ButtonProps {
  icon: IconName;
  name: string;
  /** Shown on hovering; the name and the key. */
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

interface MenuProps {
  name: string;
  icon?: IconName;
  items: { label: string; onClick(): void; disabled?: boolean; danger?: boolean }[];
}

/** A button that opens a list of things to do. */
export function Menu({ name, icon = "more", items }: MenuProps): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (details.current) details.current.open = false;
  };
  return (
    <details
      class="ais-menu"
      ref={details}
      onFocusOut={(event) => {
        if (!details.current?.contains(event.relatedTarget as Node | null)) close();
      }}
    >
      <summary class="ais-button" aria-label={name} title={name} role="button">
        <Icon name={icon} />
      </summary>
      <div class="ais-menu-list" role="menu">
        {items.map((item) => (
          <button
            type="button"
            role="menuitem"
            key={item.label}
            class={item.danger ? "ais-danger" : ""}
            disabled={item.disabled}
            onClick={() => {
              close();
              details.current?.querySelector("summary")?.focus(); // the keys keep working
              item.onClick();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </details>
  );
}

/** A field that is taken over on Enter or when it is left. */
export function TextField(props: {
  name: string;
  value: string;
  placeholder?: string;
  list?: string;
  /** Take the keyboard as soon as the field is there: the user has just asked for it. */
  focus?: boolean;
  /** The value is a proposal: Enter takes it also unchanged, and leaving the field does nothing. */
  proposed?: boolean;
  onCommit(value: string): void;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.focus) input.current?.select();
  }, [props.focus]);
  return (
    <input
      ref={input}
      type="text"
      class="ais-text"
      aria-label={props.name}
      value={props.value}
      placeholder={props.placeholder}
      list={props.list}
      spellcheck={false}
      onChange={(event) => props.proposed || props.onCommit(event.currentTarget.value.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== "Enter") return;
        if (props.proposed) props.onCommit(event.currentTarget.value.trim());
        else event.currentTarget.blur();
      }}
    />
  );
}

/** A whole number that is taken over on Enter or when it is left, kept within its limits. */
export function NumberField(props: {
  name: string;
  value: number;
  min: number;
  max: number;
  onCommit(value: number): void;
}): JSX.Element {
  const { name, value, min, max, onCommit } = props;
  return (
    <input
      type="number"
      class="ais-text ais-number"
      aria-label={name}
      value={value}
      min={min}
      max={max}
      onChange={(event) => {
        const wanted = Math.round(Number(event.currentTarget.value));
        const next = Number.isFinite(wanted) ? Math.min(max, Math.max(min, wanted)) : value;
        event.currentTarget.value = String(next);
        if (next !== value) onCommit(next);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}
