// Models × tomograms × region: chosen here, worked off by the queue below.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import { toHex } from "../state/colors";
import { type ExportPlan, toggled } from "../state/export_plan";
import type { ExportQueue } from "../state/export_queue";
import type { Viewer } from "../state/viewer";
import { Labeled, Section, TextField, Toggle } from "./controls";
import { ExportList } from "./export_list";
import { ExportOptionsFields } from "./export_options";
import { RegionFields } from "./region_fields";
import { ScoresPanel } from "./scores_panel";

interface Props {
  viewer: Viewer;
  actions: Actions;
  plan: ExportPlan;
  queue: ExportQueue;
}

export function ExportPanel({ viewer, actions, plan, queue }: Props): JSX.Element {
  return (
    <>
      <Section title="Export">
        <ModelTicks viewer={viewer} plan={plan} />
        <TomogramTicks viewer={viewer} plan={plan} />
        <Output viewer={viewer} plan={plan} queue={queue} />
      </Section>
      <RegionFields viewer={viewer} actions={actions} />
      <ExportList viewer={viewer} queue={queue} />
      <ScoresPanel viewer={viewer} plan={plan} queue={queue} />
    </>
  );
}

function ModelTicks({ viewer, plan }: { viewer: Viewer; plan: ExportPlan }): JSX.Element {
  const models = viewer.models.models.value;
  return (
    <fieldset class="ais-ticks" aria-label="Models to apply">
      <legend>Models</legend>
      {models.length === 0 && <p class="ais-empty">No model is open. Train one, or load one under Models.</p>}
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

function TomogramTicks({ viewer, plan }: { viewer: Viewer; plan: ExportPlan }): JSX.Element {
  const tomograms = viewer.tomograms.all.value;
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
            {!available && <span class="ais-value">file missing</span>}
          </label>
        );
      })}
      <TextField
        name="More tomograms"
        value={plan.files.value}
        placeholder="More: a file, folder or *.mrc"
        onCommit={(files) => {
          plan.files.value = files;
        }}
      />
    </fieldset>
  );
}

function Output({
  viewer,
  plan,
  queue,
}: {
  viewer: Viewer;
  plan: ExportPlan;
  queue: ExportQueue;
}): JSX.Element {
  const models = viewer.models.models.value
    .filter((model) => model.values.value.compiled && !plan.withoutModels.value.has(model.uid))
    .map(({ uid }) => uid);
  const tomograms = viewer.tomograms.all.value
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
        label="Make results that are there again"
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
