// The panels beside the picture: which of them each stage has, and what they are given.
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { BACKGROUND_TITLE } from "../kernel/generated/tables";
import type { Color } from "../kernel/generated/wire";
import { AssistPanel } from "../panels/assist_panel";
import type { CopyTarget } from "../panels/copy_button";
import { DisplayPanel } from "../panels/display_panel";
import { ExportList } from "../panels/export_list";
import { ExportPanel } from "../panels/export_panel";
import { FeaturesPanel } from "../panels/features_panel";
import { ModelsPanel } from "../panels/models_panel";
import { PickPanel } from "../panels/pick_panel";
import { PlacesPanel } from "../panels/places_panel";
import { RegionFields } from "../panels/region_fields";
import { ScoresPanel } from "../panels/scores_panel";
import { TomogramsPanel } from "../panels/tomograms_panel";
import { TrainingPanel } from "../panels/training_panel";
import type { Actions } from "../state/actions";
import { copyPrediction } from "../state/copy_prediction";
import type { ExportPlan } from "../state/export_plan";
import { ModelFiles } from "../state/model_files";
import type { ModelState } from "../state/model_set";
import { goToPlace } from "../state/places";
import { isUnnamed } from "../state/tomogram_set";
import type { Viewer } from "../state/viewer";
import type { Stage, Workbench } from "../state/workbench";

/** Of the background, so that it stands back. */
const GREY: Color = [0.6, 0.6, 0.6];

interface Props {
  bench: Workbench;
  stage: Stage;
  viewer: Viewer;
  actions: Actions;
  plan: ExportPlan;
  /** After a prediction was copied into the annotation on the models' stage. */
  onCopied(): void;
}

export function SideBar({ bench, stage, viewer, actions, plan, onCopied }: Props): JSX.Element {
  const { tomograms, models, places, training, exports } = bench;
  const files = useMemo(() => new ModelFiles(models, viewer), [models, viewer]);
  const target = useMemo(() => copyTarget(viewer, actions), [viewer, actions]);
  const annotating = useMemo(() => ({ ...target, copy: andThen(target, onCopied) }), [target, onCopied]);
  const tomogram = viewer.tomogram.value;
  return (
    <aside class="ais-side">
      <TomogramsPanel tomograms={tomograms} view={viewer} actions={actions} />
      {stage === "models" && (
        <ModelsPanel
          models={models}
          files={files}
          names={tomograms}
          target={annotating}
          onAdd={(architecture) => addModel(viewer, architecture)}
        />
      )}
      {stage === "export" && (
        <>
          <ExportPanel
            models={models.models.value}
            tomograms={tomograms.all.value}
            plan={plan}
            queue={exports}
          />
          <RegionFields
            tomogram={tomogram}
            among={tomograms.all.value.length > 1}
            onChange={(part) => actions.setRegion(part)}
          />
          <ExportList queue={exports} results={shownResults(viewer)} />
          <ScoresPanel
            tomogram={tomogram}
            plan={plan}
            queue={exports}
            thresholdOf={(title) => titled(viewer, title)?.values.peek().threshold}
          />
        </>
      )}
      {stage === "annotate" && (
        <>
          <FeaturesPanel
            tomogram={tomogram}
            view={viewer}
            actions={actions}
            titles={tomograms.titles}
            onAdd={() => void actions.addFeature()}
            live={bench.live.state}
            onAddBackground={() => void actions.addFeature({ title: BACKGROUND_TITLE, color: GREY })}
          />
          <AssistPanel models={models} target={target} />
        </>
      )}
      {stage === "models" && <TrainingPanel training={training} models={models} />}
      {stage === "render" && <PickPanel tomogram={tomogram} picks={viewer.picks} />}
      {(stage === "annotate" || stage === "models") && (
        <PlacesPanel
          model={models.selected.value}
          tomogram={tomogram}
          position={viewer.position}
          places={places}
          onGo={(place) => goToPlace(viewer, place)}
        />
      )}
      <DisplayPanel view={viewer} paint={viewer.tools} />
    </aside>
  );
}

function copyTarget(viewer: Viewer, actions: Actions): CopyTarget & { copied(model: ModelState): boolean } {
  const copied = (model: ModelState) => copyPrediction(viewer, actions, model);
  return {
    prediction: viewer.predictions.shown,
    feature: computed(() => viewer.tomogram.value?.activeFeature?.settings.value.title),
    copied,
    copy: (model) => void copied(model),
  };
}

function andThen(target: ReturnType<typeof copyTarget>, then: () => void): CopyTarget["copy"] {
  return (model) => {
    if (target.copied(model)) then();
  };
}

/** A new model is named after the feature that is being painted. */
async function addModel({ models, tomogram }: Viewer, architecture: string): Promise<boolean> {
  const feature = tomogram.peek()?.activeFeature?.settings.peek();
  const origin = feature && !isUnnamed(feature.title) ? { title: feature.title, color: feature.color } : {};
  return (await models.ask("model_add", { architecture, ...origin })) !== null;
}

function titled({ models }: Viewer, title: string): ModelState | undefined {
  return models.models.value.find((one) => one.values.value.title === title);
}

function shownResults(viewer: Viewer) {
  return {
    hidden: viewer.results.hidden,
    toggle: (path: string) => viewer.results.toggle(path),
    colorOf: (title: string) => titled(viewer, title)?.values.value.color ?? null,
  };
}
