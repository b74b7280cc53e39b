// Above the picture: undo, save, and what concerns the whole view.
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import type { TomogramState } from "../state/tomogram";
import { type Brush, BrushOptions } from "./brush_options";
import { IconButton } from "./controls";
import { PredictionToggle } from "./prediction_hint";

/** The view that the bar is above. */
export interface BarView {
  tomogram: ReadonlySignal<TomogramState | undefined>;
  /** Whether the cross-sections are shown. */
  ortho: Signal<boolean>;
  camera: Signal<{ x: number; y: number; scale: number } | null>;
  fullWindow: ReadonlySignal<boolean>;
  help: Signal<boolean>;
  predictions: { on: ReadonlySignal<boolean>; toggle(): void };
}

interface Props {
  view: BarView;
  actions: Pick<Actions, "undo" | "redo" | "save">;
  /** How the brush is set; null where nothing can be painted. */
  brush: Brush | null;
  /** Names of the steps that undo and redo act on, where these are not those of the annotation. */
  steps?: { undo: string | null; redo: string | null };
  /** Whether there are models whose predictions can be shown. */
  predicts: boolean;
  onFullWindow(): void;
}

export function OptionsBar({ view, actions, brush, steps, predicts, onFullWindow }: Props): JSX.Element {
  const tomogram = view.tomogram.value;
  const info = tomogram?.info.value;
  const { undo, redo } = steps ?? info ?? { undo: null, redo: null };
  return (
    <div class="ais-bar">
      <div class="ais-group">
        <IconButton
          icon="undo"
          name="Undo"
          hint={undo ? `Undo: ${undo} (ctrl+Z)` : "Undo (ctrl+Z)"}
          disabled={!undo}
          onClick={() => actions.undo()}
        />
        <IconButton
          icon="redo"
          name="Redo"
          hint={redo ? `Redo: ${redo} (ctrl+shift+Z)` : "Redo (ctrl+shift+Z)"}
          disabled={!redo}
          onClick={() => actions.redo()}
        />
      </div>
      {brush && <BrushOptions brush={brush} />}
      <div class="ais-group ais-end">
        {predicts && <PredictionToggle on={view.predictions.on} onToggle={() => view.predictions.toggle()} />}
        <IconButton
          icon="planes"
          name="Cross-sections"
          hint="Show the XZ and YZ views"
          pressed={view.ortho.value}
          onClick={() => {
            view.ortho.value = !view.ortho.value;
          }}
        />
        <IconButton
          icon="fit"
          name="Fit"
          hint="Fit the picture to the window (space)"
          onClick={() => {
            view.camera.value = null;
          }}
        />
        <IconButton icon="expand" name="Full window" pressed={view.fullWindow.value} onClick={onFullWindow} />
        <IconButton
          icon="help"
          name="Help"
          hint="Mouse and keys (?)"
          pressed={view.help.value}
          onClick={() => {
            view.help.value = !view.help.value;
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
