// The workspace: the stages of the work around one picture. A widget of a single stage shows no tabs.
import { effect } from "@preact/signals";
import { type JSX, render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { App, Traits } from "../kernel/app";
import type { Link } from "../kernel/protocol";
import { AssistPanel } from "../panels/assist_panel";
import { DisplayPanel } from "../panels/display_panel";
import { ExportPanel } from "../panels/export_panel";
import { FeaturesPanel } from "../panels/features_panel";
import { HelpOverlay } from "../panels/help_overlay";
import { ModelsPanel } from "../panels/models_panel";
import { RecoveryBanner } from "../panels/notices";
import { OptionsBar } from "../panels/options_bar";
import { PlacesPanel } from "../panels/places_panel";
import { RenderStage } from "../panels/render_stage";
import { StageTabs } from "../panels/stage_tabs";
import { StatusBar } from "../panels/status_bar";
import { TomogramsPanel } from "../panels/tomograms_panel";
import { ToolRail, toolsOf } from "../panels/tool_rail";
import { TrainingPanel } from "../panels/training_panel";
import { Actions } from "../state/actions";
import { ExportPlan } from "../state/export_plan";
import { rememberDisplay } from "../state/remember_display";
import { Viewer } from "../state/viewer";
import { type Stage, type Stages, stagesOf, Workbench } from "../state/workbench";
import { handleKey } from "./keys";
import { PictureArea } from "./picture";

/** What a widget of one stage is called. */
const NAMES: Record<Stage, string> = {
  annotate: "Annotator",
  models: "Trainer",
  export: "Segmenter",
  render: "Render",
};

export function openWorkspace(link: Link, traits: Traits): App {
  const bench = new Workbench(link);
  void bench.open();
  return {
    render(element) {
      const stages = stagesOf(traits.get("stages"), traits.get("stage"));
      const stop = stages.current.subscribe((stage) => traits.set("stage", stage));
      const close = renderWorkspace(bench, stages, element);
      return () => {
        stop();
        close();
      };
    },
    close: () => bench.close(),
  };
}

export function renderWorkspace(bench: Workbench, stages: Stages, element: HTMLElement): () => void {
  const viewer = new Viewer(bench.tomograms, bench.models, bench.exports);
  const actions = new Actions(viewer);
  const plan = new ExportPlan();
  const stops = [
    effect(() => followTomograms(viewer)),
    effect(() => followStage(stages.current.value, viewer)),
    rememberDisplay(viewer),
  ];
  render(<Workspace bench={bench} stages={stages} viewer={viewer} actions={actions} plan={plan} />, element);
  return () => {
    actions.flush();
    for (const stop of stops) stop();
    render(null, element);
    viewer.close();
  };
}

/** Shows the first tomogram, one that was just opened, or a neighbour of one that was closed. */
function followTomograms(viewer: Viewer): void {
  const all = viewer.tomograms.all.value;
  const wanted = all.find((tomogram) => tomogram.uid === viewer.wanted);
  if (wanted) {
    viewer.wanted = null;
    viewer.show(wanted);
  } else if (all.length > 0 && !all.some((tomogram) => tomogram.uid === viewer.uid.peek()))
    viewer.show(all[0]);
}

/** Results lie over the picture where they are made; the tools are those of the stage. */
function followStage(stage: Stage, viewer: Viewer): void {
  viewer.results.on.value = stage === "export";
  const { tool } = viewer.tools;
  if (!toolsOf(stage).includes(tool.peek())) tool.value = stage === "export" ? "navigate" : "brush";
}

interface Props {
  plan: ExportPlan;
  bench: Workbench;
  stages: Stages;
  viewer: Viewer;
  actions: Actions;
}

function Workspace({ bench, stages, viewer, actions, plan }: Props): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const full = viewer.fullWindow.value;
  const stage = stages.current.value;
  useEffect(() => (full ? fillWindow(root.current!) : undefined), [full]);
  // Who copies a prediction wants to correct it.
  const toAnnotate = () => {
    if (stages.all.includes("annotate")) stages.current.value = "annotate";
  };
  const toggleFull = () => {
    viewer.fullWindow.value = !viewer.fullWindow.peek();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && viewer.fullWindow.peek() && !viewer.help.peek()) toggleFull();
    else if (!handleKey(event, viewer, actions)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={root}
      class={full ? "ais ais-full" : "ais"}
      role="application"
      aria-label={stages.all.length > 1 ? "Workspace" : NAMES[stages.all[0]]}
      data-stage={stage}
      data-lm-suppress-shortcuts
      data-pending={viewer.tomograms.outbox.pending.value}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        // A click beside the controls keeps the keys working.
        if (!(event.target as Element).closest("button, input, select, summary, canvas"))
          root.current?.focus();
      }}
      tabIndex={-1}
    >
      <StageTabs stages={stages} />
      <OptionsBar
        viewer={viewer}
        actions={actions}
        paints={toolsOf(stage).includes("brush")}
        onFullWindow={toggleFull}
      />
      <RecoveryBanner tomograms={bench.tomograms} />
      <ToolRail viewer={viewer} stage={stage} />
      <PictureArea viewer={viewer} actions={actions} />
      {stage === "render" && <RenderStage />}
      <aside class="ais-side" hidden={stage === "render"}>
        <TomogramsPanel viewer={viewer} actions={actions} />
        {stage === "models" && <ModelsPanel viewer={viewer} actions={actions} onCopied={toAnnotate} />}
        {stage === "export" && (
          <ExportPanel viewer={viewer} actions={actions} plan={plan} queue={bench.exports} />
        )}
        {stage === "annotate" && <FeaturesPanel viewer={viewer} actions={actions} />}
        {stage === "annotate" && <AssistPanel viewer={viewer} actions={actions} />}
        {stage === "models" && <TrainingPanel training={bench.training} models={bench.models} />}
        {stage !== "export" && <PlacesPanel viewer={viewer} places={bench.places} />}
        <DisplayPanel viewer={viewer} />
      </aside>
      <StatusBar viewer={viewer} />
      <HelpOverlay viewer={viewer} />
    </div>
  );
}

/** Into the browser's top layer: a notebook's cells would keep it within their bounds. */
function fillWindow(element: HTMLElement): () => void {
  element.popover = "manual";
  element.showPopover();
  element.focus();
  return () => {
    element.hidePopover();
    element.removeAttribute("popover");
  };
}
