// One model: colour, name, visibility; in front also how it is shown and applied.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import { fromHex, toHex } from "../state/colors";
import type { ModelState, ModelValues } from "../state/model_set";
import type { Viewer } from "../state/viewer";
import { IconButton, Labeled, Menu, Slider, TextField, Toggle } from "./controls";
import { CopyButton } from "./copy_button";
import { LibraryTitles } from "./library_titles";
import { ModelInteractions } from "./model_interactions";
import { ThresholdSlider } from "./threshold_slider";

/** What a card asks for that needs a question first. */
export type ModelQuestion = "save" | "slice" | "pixel" | "close";

interface Props {
  model: ModelState;
  viewer: Viewer;
  actions: Actions;
  /** After the prediction was copied into the annotation. */
  onCopied(): void;
  ask(question: ModelQuestion): void;
}

export function ModelCard({ model, viewer, actions, onCopied, ask }: Props): JSX.Element {
  const { models } = viewer;
  const values = model.values.value;
  const active = models.selected.value === model;
  const titles = `ais-model-titles-${model.uid}`;
  const save = () => (values.path ? void saveModel(viewer, model, values.path) : ask("save"));
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
            <TextField
              name="Model name"
              value={values.title}
              list={titles}
              onCommit={(title) => rename(viewer, model, title)}
            />
            <LibraryTitles viewer={viewer} id={titles} />
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
            { label: "Save", onClick: save, disabled: !values.compiled },
            { label: "Save as…", onClick: () => ask("save"), disabled: !values.compiled },
            { label: "Save this slice…", onClick: () => ask("slice"), disabled: !values.compiled },
            { label: "Set pixel size…", onClick: () => ask("pixel") },
            { label: "Close model", onClick: () => ask("close"), danger: true },
          ]}
        />
      </div>
      <ModelLine values={values} />
      {active && <Details model={model} viewer={viewer} actions={actions} onCopied={onCopied} />}
    </li>
  );
}

/** Architecture, size, box, pixel size and loss in a line. */
function ModelLine({ values }: { values: ModelValues }): JSX.Element {
  const parts = [values.architecture || "custom network"];
  if (values.parameters > 0) parts.push(`${million(values.parameters)} parameters`);
  if (values.box_size > 0)
    parts.push(`${values.box_size}² px${values.depth > 1 ? ` × ${values.depth} slices` : ""}`);
  if (values.voxel_size > 0) parts.push(`${Number(values.voxel_size.toFixed(2))} Å`);
  if (values.loss > 0) parts.push(`loss ${values.loss.toFixed(3)}`);
  const sees = values.receptive_field ? `Sees ${values.receptive_field} × ${values.receptive_field} px. ` : "";
  return (
    <p class="ais-card-info" title={`${sees}${values.path ?? "Not saved yet"}`}>
      {values.compiled ? parts.join(" · ") : `${parts[0]} · not trained yet`}
      {values.training && <b> · training</b>}
    </p>
  );
}

export function million(count: number): string {
  return count >= 1e5 ? `${(count / 1e6).toFixed(1)} M` : `${Math.max(1, Math.round(count / 1e3))} k`;
}

function Details({ model, viewer, actions, onCopied }: Omit<Props, "ask">): JSX.Element {
  const { models } = viewer;
  const values = model.values.value;
  const note = viewer.predictions.shown.value?.layers.find((layer) => layer.model === model.uid)?.note;
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
          text={`mean over ${values.tta} orientations`}
          onInput={(value) => models.set(model, "tta", value)}
        />
      </Labeled>
      <div class="ais-toggles">
        {(
          [
            ["active", "Active", "Apply this model to the slice in view"],
            ["blend", "Blend", "Let the texture of the tomogram shine through"],
            ["emit", "Emit", "Where this model is surer, absorbing models find nothing"],
            ["absorb", "Absorb", "Find nothing where an emitting model is surer"],
          ] as const
        ).map(([name, label, hint]) => (
          <Toggle
            key={name}
            label={label}
            hint={hint}
            checked={values[name]}
            onChange={(on) => models.set(model, name, on)}
          />
        ))}
      </div>
      <ModelInteractions model={model} viewer={viewer} />
      {values.compiled && <CopyButton model={model} viewer={viewer} actions={actions} onCopied={onCopied} />}
      {note && <p class="ais-card-note">{note[0].toUpperCase() + note.slice(1)}.</p>}
    </div>
  );
}

/** A title of the library brings its colour. */
function rename({ models, tomograms }: Viewer, model: ModelState, title: string): void {
  if (!title) return;
  models.set(model, "title", title);
  const entry = tomograms.library.peek().find((one) => one.title === title);
  if (entry) models.set(model, "color", entry.color);
}

/** Writes a model with a picture of the slice in view. */
export async function saveModel(
  viewer: Viewer,
  model: ModelState,
  path: string,
  overwrite = false,
): Promise<boolean> {
  const tomogram = viewer.tomogram.peek()?.uid;
  const { z } = viewer.position.peek();
  const answer = await viewer.models.ask("model_save", { model: model.uid, path, overwrite, tomogram, z });
  return answer !== null;
}
