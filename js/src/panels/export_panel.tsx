// Models × tomograms × region: chosen here, worked through by the queue below.
import type { JSX } from "preact";
import { toHex } from "../state/colors";
import { type ExportPlan, toggled } from "../state/export_plan";
import type { ExportQueue } from "../state/export_queue";
import type { ModelState } from "../state/model_set";
import type { TomogramState } from "../state/tomogram";
import { Labeled, Section, Toggle } from "./controls";
import { ExportOptionsFields } from "./export_options";
import { TextField } from "./fields";

interface Props {
  models: readonly ModelState[];
  tomograms: readonly TomogramState[];
  plan: ExportPlan;
  queue: Pick<ExportQueue, "folder" | "error" | "add">;
}

export function ExportPanel({ models, tomograms, plan, queue }: Props): JSX.Element {
  return (
    <Section title="Export">
      <ModelTicks models={models} plan={plan} />
      <TomogramTicks tomograms={tomograms} plan={plan} />
      <Output models={models} tomograms={tomograms} plan={plan} queue={queue} />
    </Section>
  );
}

function ModelTicks({ models, plan }: Pick<Props, "models" | "plan">): JSX.Element {
  return (
    <fieldset class="ais-ticks" aria-label="Models to apply">
      <legend>Models</legend>
      {models.length === 0 && <p class="ais-empty">No model is open. Train or load one under Models.</p>}
      {models.map((model) => {
        const { uid, title, color, compiled } = model.values.value;
        return (
          <label key={uid} class={compiled ? "ais-tick" : "ais-tick ais-dim"}>
            <input
              type="checkbox"
              checked={compiled && !plan.withoutModels.value.has(uid)}
              disabled={!compiled}
              onChange={(event) => {
                plan.withoutModels.value = toggled(
                  plan.withoutModels.value,
                  uid,
                  !event.currentTarget.checked,
                );
              }}
            />
            <i class="ais-dot" style={{ background: toHex(color) }} />
            <span>{title}</span>
            {!compiled && <span class="ais-value">not trained</span>}
          </label>
        );
      })}
    </fieldset>
  );
}

function TomogramTicks({ tomograms, plan }: Pick<Props, "tomograms" | "plan">): JSX.Element {
  const left = plan.withoutTomograms.value;
  return (
    <fieldset class="ais-ticks" aria-label="Tomograms to segment">
      <legend>Tomograms</legend>
      {tomograms.length > 1 && (
        <Toggle
          label="All"
          checked={tomograms.every(({ uid }) => !left.has(uid))}
          onChange={(all) => {
            plan.withoutTomograms.value = new Set(all ? [] : tomograms.map(({ uid }) => uid));
          }}
        />
      )}
      {tomograms.map((tomogram) => {
        const { name, available } = tomogram.info.value;
        return (
          <label key={tomogram.uid} class={available ? "ais-tick" : "ais-tick ais-dim"}>
            <input
              type="checkbox"
              checked={available && !left.has(tomogram.uid)}
              disabled={!available}
              onChange={(event) => {
                plan.withoutTomograms.value = toggled(left, tomogram.uid, !event.currentTarget.checked);
              }}
            />
            <span>{name}</span>
            <span class="ais-value">{available ? partOf(tomogram) : "file missing"}</span>
          </label>
        );
      })}
      <TextField
        name="More tomograms"
        value={plan.files.value}
        placeholder="More: a file, a folder or *.mrc"
        onCommit={(files) => {
          plan.files.value = files;
        }}
      />
    </fieldset>
  );
}

/** Which part of a tomogram is segmented, where it is not all of it. */
function partOf(tomogram: TomogramState): string {
  const [first, end] = tomogram.info.value.z_range;
  const slices = first > 0 || end < tomogram.depth ? `slices ${first}–${end - 1}` : "";
  return [slices, tomogram.cropped && "a region"].filter(Boolean).join(", ");
}

function Output({ models: all, tomograms: open, plan, queue }: Props): JSX.Element {
  const models = all
    .filter((model) => model.values.value.compiled && !plan.withoutModels.value.has(model.uid))
    .map(({ uid }) => uid);
  const tomograms = open
    .filter(({ uid, info }) => info.value.available && !plan.withoutTomograms.value.has(uid))
    .map(({ uid }) => uid);
  const files = plan.files.value;
  const add = () =>
    void queue.add({
      models,
      tomograms,
      files,
      folder: queue.folder.peek(),
      overwrite: plan.overwrite.peek(),
      ...plan.options.peek(),
    });
  return (
    <div class="ais-form">
      <Labeled label="Folder">
        <TextField
          name="Output folder"
          value={queue.folder.value}
          onCommit={(folder) => {
            queue.folder.value = folder;
          }}
        />
      </Labeled>
      <ExportOptionsFields plan={plan} />
      <Toggle
        label="Overwrite existing results"
        checked={plan.overwrite.value}
        onChange={(on) => {
          plan.overwrite.value = on;
        }}
      />
      <button
        type="button"
        class="ais-action"
        disabled={models.length === 0 || (tomograms.length === 0 && !files)}
        onClick={add}
      >
        Export
      </button>
      {queue.error.value && (
        <p class="ais-problem" role="alert">
          {queue.error.value}
        </p>
      )}
    </div>
  );
}
