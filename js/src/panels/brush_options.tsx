// How the brush, the flood brush and the lasso are set.
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JSX } from "preact";
import { SLIDERS } from "../kernel/generated/tables";
import type { FeatureState, Settings } from "../state/feature";
import { DEFAULTS } from "../state/feature";
import { brushMax, type ToolState } from "../state/tool_state";
import { Slider } from "./controls";
import { type LiveControl, LiveToggle } from "./live_toggle";

export interface Brush {
  tools: ToolState;
  /** What is painted; undefined: the first stroke will make a feature. */
  feature: ReadonlySignal<FeatureState | undefined>;
  /** Å, 0 where unknown. */
  pixelSize: ReadonlySignal<number>;
  contrast: ReadonlySignal<[number, number] | null>;
  /** Whether there are models whose prediction the lasso can copy. */
  predicts: ReadonlySignal<boolean>;
  /** Whether forests learn from each stroke. */
  live: LiveControl;
  set<K extends keyof Settings>(feature: FeatureState, name: K, value: Settings[K]): void;
}

export function BrushOptions({ brush }: { brush: Brush }): JSX.Element {
  const { tools } = brush;
  const feature = brush.feature.value;
  const settings = feature?.settings.value ?? DEFAULTS;
  const pixel = brush.pixelSize.value;
  const radius = settings.brush_radius;
  const nm = pixel > 0 ? ` · ${((2 * radius * pixel) / 10).toFixed(1)} nm` : "";
  const floods = tools.tool.value === "flood";
  const limit = (on: Signal<boolean>) => {
    if (!on.value) tools.range.value = brush.contrast.value ?? [0, 255];
    on.value = !on.value;
  };
  return (
    <div class="ais-group ais-options">
      <span class="ais-option">
        <span class="ais-label">Brush</span>
        <Slider
          name="Brush size"
          value={radius}
          min={SLIDERS.brush_radius.min}
          max={Math.max(brushMax(pixel), radius)}
          step={SLIDERS.brush_radius.step}
          text={`radius ${radius} px, diameter ${2 * radius} px${nm}`}
          disabled={!feature}
          onInput={(value) => feature && brush.set(feature, "brush_radius", value)}
        />
        <span class="ais-value ais-wide">
          ⌀ {(2 * radius).toFixed(0)} px{nm}
        </span>
      </span>
      <span class={`ais-option ${floods ? "" : "ais-dim"}`}>
        <span class="ais-label">Sensitivity</span>
        <Slider
          name="Sensitivity"
          value={settings.flood_sensitivity}
          {...SLIDERS.flood_sensitivity}
          disabled={!feature}
          onInput={(value) => feature && brush.set(feature, "flood_sensitivity", value)}
        />
        <span class="ais-value">{Math.round(settings.flood_sensitivity)}</span>
      </span>
      {floods && (
        <Chip
          label="Ais rule"
          hint="Accept grey values within a fraction of the value under the brush, as desktop Ais does; this depends on where zero lies. Otherwise the band is a fraction of the standard deviation of the slice."
          pressed={tools.floodRule.value === "relative"}
          onClick={() => {
            tools.floodRule.value = tools.floodRule.value === "spread" ? "relative" : "spread";
          }}
        />
      )}
      {tools.tool.value === "lasso" && brush.predicts.value && (
        <Switch
          on={tools.fromPrediction}
          label="Copy prediction"
          hint="Add only what the model in front finds inside the outline"
        />
      )}
      <Switch on={tools.spherical} label="Sphere" hint="Paint a ball across the neighbouring slices" />
      <Switch on={tools.fillClosed} label="Fill" hint="Fill what a closed stroke encloses" />
      <Chip
        label="Range"
        hint="Paint only grey values within the range that is set under Display"
        pressed={tools.limited.value}
        onClick={() => limit(tools.limited)}
      />
      <LiveToggle live={brush.live} />
    </div>
  );
}

interface ChipProps {
  label: string;
  hint: string;
  pressed: boolean;
  onClick(): void;
}

function Chip({ label, hint, pressed, onClick }: ChipProps): JSX.Element {
  return (
    <button type="button" class="ais-chip" aria-pressed={pressed} title={hint} onClick={onClick}>
      {label}
    </button>
  );
}

function Switch({ on, label, hint }: { on: Signal<boolean>; label: string; hint: string }): JSX.Element {
  const toggle = () => {
    on.value = !on.value;
  };
  return <Chip label={label} hint={hint} pressed={on.value} onClick={toggle} />;
}
