// Filters of the displayed slice, applied in order.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { DisplayFilter, FilterKind } from "../state/viewer";
import { IconButton, Slider } from "./controls";

const KINDS: { kind: FilterKind; name: string; parameter?: [string, number, number, number] }[] = [
  { kind: "gaussian", name: "Gaussian blur", parameter: ["σ", 0.1, 10, 0.1] },
  { kind: "offset_gaussian", name: "Offset Gaussian", parameter: ["σ", 0.1, 10, 0.1] },
  { kind: "box", name: "Box blur", parameter: ["half-width", 1, 7, 1] },
  { kind: "sobel_vertical", name: "Sobel vertical" },
  { kind: "sobel_horizontal", name: "Sobel horizontal" },
];

export function FiltersList({ filters }: { filters: Signal<DisplayFilter[]> }): JSX.Element {
  const change = (index: number, news: Partial<DisplayFilter>) => {
    filters.value = filters.value.map((filter, i) => (i === index ? { ...filter, ...news } : filter));
  };
  return (
    <div class="ais-filters">
      {filters.value.map((filter, index) => {
        const kind = KINDS.find((entry) => entry.kind === filter.kind)!;
        const [label, min, max, step] = kind.parameter ?? [];
        return (
          <div class="ais-filter" key={index}>
            <div class="ais-filter-head">
              <input
                type="checkbox"
                aria-label={`Use ${kind.name}`}
                checked={filter.enabled}
                onChange={(event) => change(index, { enabled: event.currentTarget.checked })}
              />
              <span>{kind.name}</span>
              <IconButton
                icon="close"
                name={`Remove ${kind.name}`}
                onClick={() => {
                  filters.value = filters.value.filter((_, i) => i !== index);
                }}
              />
            </div>
            {label && (
              <div class="ais-filter-line">
                <span class="ais-label">{label}</span>
                <Slider
                  name={`${kind.name} ${label}`}
                  value={filter.parameter}
                  min={min!}
                  max={max!}
                  step={step}
                  onInput={(parameter) => change(index, { parameter })}
                />
                <span class="ais-value">{filter.parameter}</span>
              </div>
            )}
            <div class="ais-filter-line">
              <span class="ais-label">weight</span>
              <Slider
                name={`${kind.name} weight`}
                value={filter.weight}
                min={-1}
                max={1}
                step={0.05}
                onInput={(weight) => change(index, { weight })}
              />
              <span class="ais-value">{filter.weight.toFixed(2)}</span>
            </div>
          </div>
        );
      })}
      <select
        class="ais-select"
        aria-label="Add a filter"
        value=""
        onChange={(event) => {
          const kind = event.currentTarget.value as FilterKind;
          event.currentTarget.value = "";
          const parameter = kind === "box" ? 2 : 1;
          filters.value = [...filters.value, { kind, parameter, weight: 1, enabled: true }];
        }}
      >
        <option value="" disabled>
          Add a filter…
        </option>
        {KINDS.map((entry) => (
          <option key={entry.kind} value={entry.kind}>
            {entry.name}
          </option>
        ))}
      </select>
    </div>
  );
}
