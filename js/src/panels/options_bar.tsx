// Above the picture: undo, save, and how the tool in the hand is set.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import { brushMax } from "../state/tool_state";
import type { Viewer } from "../state/viewer";
import { IconButton, Slider } from "./controls";
import { PredictionToggle } from "./prediction_hint";

interface Props {
  viewer: Viewer;
  actions: Actions;
  /** Whether anything can be painted in this stage. */
  paints: boolean;
  onFullWindow(): void;
}

export function OptionsBar({ viewer, actions, paints, onFullWindow }: Props): JSX.Element {
  const tomogram = viewer.tomogram.value;
  const info = tomogram?.info.value;
  return (
    <div class="ais-bar">
      <div class="ais-group">
        <IconButton
          icon="undo"
          name="Undo"
          hint={info?.undo ? `Undo: ${info.undo} (ctrl+Z)` : "Undo (ctrl+Z)"}
          disabled={!info?.undo}
          onClick={() => actions.undo()}
        />
        <IconButton
          icon="redo"
          name="Redo"
          hint={info?.redo ? `Redo: ${info.redo} (ctrl+shift+Z)` : "Redo (ctrl+shift+Z)"}
          disabled={!info?.redo}
          onClick={() => actions.redo()}
        />
      </div>
      {paints && <BrushOptions viewer={viewer} actions={actions} />}
      <div class="ais-group ais-end">
        <PredictionToggle viewer={viewer} />
        <IconButton
          icon="planes"
          name="Cross-sections"
          hint="Show the XZ and YZ views"
          pressed={viewer.ortho.value}
          onClick={() => {
            viewer.ortho.value = !viewer.ortho.value;
          }}
        />
        <IconButton
          icon="fit"
          name="Fit"
          hint="Fit the picture (space)"
          onClick={() => {
            viewer.camera.value = null;
          }}
        />
        <IconButton
          icon="expand"
          name="Full window"
          pressed={viewer.fullWindow.value}
          onClick={onFullWindow}
        />
        <IconButton
          icon="help"
          name="Help"
          hint="Mouse and keys (?)"
          pressed={viewer.help.value}
          onClick={() => {
            viewer.help.value = !viewer.help.value;
          }}
        />
        <IconButton
          icon="save"
          name="Save"
          class={info?.unsaved ? "ais-primary" : ""}
          label={info?.unsaved ? "Save" : "Saved"}
          hint={info?.saved_to ? `Save to ${info.saved_to} (ctrl+S)` : "Save beside the tomogram (ctrl+S)"}
          disabled={!tomogram}
          onClick={() => void actions.save()}
        />
      </div>
    </div>
  );
}

function BrushOptions({ viewer, actions }: { viewer: Viewer; actions: Actions }): JSX.Element {
  const feature = viewer.tomogram.value?.activeFeature;
  const settings = feature?.settings.value;
  const pixel = viewer.pixelSize.value;
  const { tools } = viewer;
  const radius = settings?.brush_radius ?? 10;
  const most = brushMax(pixel);
  const nm = pixel > 0 ? ` · ${((2 * radius * pixel) / 10).toFixed(1)} nm` : "";
  const sensitivity = settings?.flood_sensitivity ?? 50;
  const floods = tools.tool.value === "flood";
  const toggle = (
    name: "spherical" | "fillClosed" | "limited" | "fromPrediction",
    label: string,
    hint: string,
  ) => (
    <button
      type="button"
      class="ais-chip"
      aria-pressed={tools[name].value}
      title={hint}
      onClick={() => {
        if (name === "limited" && !tools.limited.value) tools.range.value = viewer.contrast.value ?? [0, 255];
        tools[name].value = !tools[name].value;
      }}
    >
      {label}
    </button>
  );
  return (
    <div class="ais-group ais-options">
      <span class="ais-option">
        <span class="ais-label">Brush</span>
        <Slider
          name="Brush size"
          value={radius}
          min={1}
          max={Math.max(most, radius)}
          step={0.5}
          text={`radius ${radius} px, diameter ${2 * radius} px${nm}`}
          disabled={!feature}
          onInput={(value) => feature && actions.set(feature, "brush_radius", value)}
        />
        <span class="ais-value ais-wide">
          ⌀ {(2 * radius).toFixed(0)} px{nm}
        </span>
      </span>
      <span class={`ais-option ${floods ? "" : "ais-dim"}`}>
        <span class="ais-label">Sensitivity</span>
        <Slider
          name="Sensitivity"
          value={sensitivity}
          min={1}
          max={100}
          disabled={!feature}
          onInput={(value) => feature && actions.set(feature, "flood_sensitivity", value)}
        />
        <span class="ais-value">{Math.round(sensitivity)}</span>
      </span>
      {floods && (
        <button
          type="button"
          class="ais-chip"
          aria-pressed={tools.floodRule.value === "relative"}
          title="Accept a fraction of the grey value itself, as desktop Ais does: it depends on where zero lies. Otherwise the band is a fraction of the standard deviation of the slice."
          onClick={() => {
            tools.floodRule.value = tools.floodRule.value === "spread" ? "relative" : "spread";
          }}
        >
          Ais rule
        </button>
      )}
      {tools.tool.value === "lasso" &&
        viewer.models.models.value.length > 0 &&
        toggle(
          "fromPrediction",
          "Copy prediction",
          "Add only what the model in front finds inside the outline",
        )}
      {toggle("spherical", "Sphere", "Paint a ball over the neighbouring slices")}
      {toggle("fillClosed", "Fill", "Fill what a stroke encloses")}
      {toggle(
        "limited",
        "Range",
        "Paint only grey values between the limits of the range, set under Display",
      )}
    </div>
  );
}
