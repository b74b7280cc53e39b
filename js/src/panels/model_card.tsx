// One model: colour, name, visibility; for the model in front also how it is shown and applied.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { fromHex, toHex } from "../state/colors";
import type { ModelSet, ModelState, ModelValues } from "../state/model_set";
import type { LibraryEntry } from "../state/tomogram_set";
import { IconButton, Labeled, Slider, Toggle } from "./controls";
import { CopyButton, type CopyTarget } from "./copy_button";
import { TextField } from "./fields";
import { LibraryTitles } from "./library_titles";
import { Menu } from "./menu";
import { ModelInteractions } from "./model_interactions";
import { ThresholdSlider } from "./threshold_slider";
import { countOf } from "./words";

/** What a card asks for that needs an answer first. */
export type ModelQuestion = "save" | "slice" | "pixel" | "close";

/** Names to choose from, and what those of the library bring with them. */
export interface Names {
  titles: ReadonlySignal<readonly string[]>;
  library: ReadonlySignal<readonly LibraryEntry[]>;
}

interface Props {
  model: ModelState;
  models: Pick<ModelSet, "models" | "selected" | "select" | "set" | "interactions" | "setInteractions">;
  names: Names;
  target: CopyTarget;
  onSave(path: string): void;
  ask(question: ModelQuestion): void;
}

export function ModelCard({ model, models, names, target, onSave, ask }: Props): JSX.Element {
  const values = model.values.value;
  const active = models.selected.value === model;
  const titles = `ais-model-titles-${model.uid}`;
  const rename = (title: string) => {
    if (!title) return;
    models.set(model, "title", title);
    const entry = names.library.peek().find((one) => one.title === title);
    if (entry) models.set(model, "color", entry.color);
  };
  return (
    <li
      class={active ? "ais-card ais-active" : "ais-card"}
      aria-label={values.title}
      aria-current={active}
      onPointerDown={() => models.select(model)}
    >
      <div class="ais-card-head">
        <input
          type="color"
          class="ais-color"
          aria-label={`Colour of ${values.title}`}
          value={toHex(values.color)}
          onInput={(event) => models.set(model, "color", fromHex(event.currentTarget.value))}
        />
        {active ? (
          <>
            <TextField name="Model name" value={values.title} list={titles} onCommit={rename} />
            <LibraryTitles titles={names.titles} id={titles} />
          </>
        ) : (
          <button type="button" class="ais-card-title" onClick={() => models.select(model)}>
            {values.title}
          </button>
        )}
        <IconButton
          icon={values.show ? "eye" : "hidden"}
          name={values.show ? `Hide ${values.title}` : `Show ${values.title}`}
          onClick={() => models.set(model, "show", !values.show)}
        />
        <Menu
          name={`Menu of ${values.title}`}
          items={[
            {
              label: "Save",
              onClick: () => (values.path ? onSave(values.path) : ask("save")),
              disabled: !values.compiled,
            },
            { label: "Save as…", onClick: () => ask("save"), disabled: !values.compiled },
            { label: "Save this slice…", onClick: () => ask("slice"), disabled: !values.compiled },
            { label: "Set pixel size…", onClick: () => ask("pixel") },
            { label: "Close model", onClick: () => ask("close"), danger: true },
          ]}
        />
      </div>
      <Facts values={values} />
      {active && <Details model={model} models={models} target={target} />}
    </li>
  );
}

/** Architecture, size, box, pixel size and loss in a line. */
function Facts({ values }: { values: ModelValues }): JSX.Element {
  const parts = [values.architecture || "custom network"];
  if (values.parameters > 0) parts.push(`${countOf(values.parameters)} parameters`);
  if (values.box_size > 0)
    parts.push(`${values.box_size}² px${values.depth > 1 ? ` × ${values.depth} slices` : ""}`);
  if (values.voxel_size > 0) parts.push(`${Number(values.voxel_size.toFixed(2))} Å`);
  if (values.loss) parts.push(`loss ${values.loss.toFixed(3)}`);
  const field = values.receptive_field;
  const sees = field ? `Sees ${field} × ${field} px. ` : "";
  return (
    <p class="ais-card-info" title={`${sees}${values.path ?? "Not saved yet"}`}>
      {values.compiled ? parts.join(" · ") : `${parts[0]} · not trained yet`}
      {values.training && <b> · training</b>}
    </p>
  );
}

const SWITCHES = [
  ["active", "Active", "Apply this model to the slice in view"],
  ["blend", "Blend", "Let the texture of the tomogram show through"],
  ["emit", "Emit", "Absorbing models find nothing where this model is more certain"],
  ["absorb", "Absorb", "Find nothing where an emitting model is more certain"],
] as const;

function Details({ model, models, target }: Pick<Props, "model" | "models" | "target">): JSX.Element {
  const values = model.values.value;
  const note = target.prediction.value?.layers.find((layer) => layer.model === model.uid)?.note;
  const most = values.depth > 1 ? 16 : 8;
  return (
    <div class="ais-card-body">
      <ThresholdSlider model={model} models={models} />
      <Labeled label="Opacity" value={`${Math.round(values.alpha * 100)} %`}>
        <Slider
          name="Model opacity"
          value={values.alpha}
          min={0}
          max={1}
          step={0.05}
          onInput={(value) => models.set(model, "alpha", value)}
        />
      </Labeled>
      <Labeled label="TTA" value={values.tta > 1 ? `${values.tta} views` : "off"}>
        <Slider
          name="Test-time augmentation"
          value={values.tta}
          min={1}
          max={most}
          text={values.tta > 1 ? `mean over ${values.tta} orientations` : "off"}
          onInput={(value) => models.set(model, "tta", value)}
        />
      </Labeled>
      <div class="ais-toggles">
        {SWITCHES.map(([name, label, hint]) => (
          <Toggle
            key={name}
            label={label}
            hint={hint}
            checked={values[name]}
            onChange={(on) => models.set(model, name, on)}
          />
        ))}
      </div>
      <ModelInteractions model={model} models={models} />
      {values.compiled && <CopyButton model={model} target={target} />}
      {note && <p class="ais-card-note">{note[0].toUpperCase() + note.slice(1)}.</p>}
    </div>
  );
}
