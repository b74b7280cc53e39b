// Fields for text and numbers.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A text that takes effect on Enter or when the field loses the focus. */
export function TextField(props: {
  name: string;
  value: string;
  placeholder?: string;
  list?: string;
  /** Take the focus as soon as the field appears: the user has just asked for it. */
  focus?: boolean;
  /** The value is a proposal: Enter accepts it even unchanged, and leaving the field does nothing. */
  proposed?: boolean;
  onCommit(value: string): void;
  /** Escape was pressed: the question is withdrawn. */
  onCancel?(): void;
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
        if (event.key === "Escape") props.onCancel?.();
        if (event.key !== "Enter") return;
        if (props.proposed) props.onCommit(event.currentTarget.value.trim());
        else event.currentTarget.blur();
      }}
    />
  );
}

/** A whole number, kept within its limits, that takes effect on Enter or when the field loses the focus. */
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
