// The workspace: the stages of the work around one picture. A widget of a single stage shows no tabs.
import { computed, effect } from "@preact/signals";
import { type JSX, render } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { App, Traits } from "../kernel/app";
import type { Link } from "../kernel/protocol";
import type { Brush } from "../panels/brush_options";
import { HelpOverlay } from "../panels/help_overlay";
import { RecoveryBanner } from "../panels/notices";
import { OptionsBar } from "../panels/options_bar";
import { StageTabs } from "../panels/stage_tabs";
import { StatusBar } from "../panels/status_bar";
import { ToolRail, toolsOf } from "../panels/tool_rail";
import { Actions } from "../state/actions";
import { ExportPlan } from "../state/export_plan";
import { rememberDisplay } from "../state/remember_display";
import { Viewer } from "../state/viewer";
import { type Stage, type Stages, stagesOf, Workbench } from "../state/workbench";
import { StageFollower } from "./follow_stage";
import { keepFocus } from "./keep_focus";
import { handleKey } from "./keys";
import { PictureArea } from "./picture";
import { SideBar } from "./side_bar";

/** What a widget of one stage is called. */
const NAMES: Record<Stage, string> = {
  annotate: "Annotator",
  models: "Trainer",
  export: "Segmenter",
  render: "Picker",
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
  const follower = new StageFollower(viewer);
  const stops = [
    effect(() => followTomograms(viewer)),
    effect(() => follower.enter(stages.current.value)),
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
  useEffect(() => keepFocus(root.current!), []);
  const brush = useMemo(() => brushOf(bench, viewer, actions), [bench, viewer, actions]);
  const onCopied = useMemo(() => () => correct(stages), [stages]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!handleKey(event, viewer, actions)) return;
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
        // After a click beside the controls the keys still work.
        if (!(event.target as Element).closest("button, input, select, summary, canvas"))
          root.current?.focus();
      }}
      tabIndex={-1}
    >
      <StageTabs stages={stages} />
      <OptionsBar
        view={viewer}
        actions={actions}
        brush={toolsOf(stage).includes("brush") ? brush : null}
        steps={stage === "render" ? pickSteps(viewer) : undefined}
        predicts={brush.predicts.value}
        onFullWindow={() => {
          viewer.fullWindow.value = !viewer.fullWindow.peek();
        }}
      />
      <RecoveryBanner tomograms={bench.tomograms} />
      <ToolRail tool={viewer.tools.tool} stage={stage} />
      <PictureArea viewer={viewer} actions={actions} />
      <SideBar
        bench={bench}
        stage={stage}
        viewer={viewer}
        actions={actions}
        plan={plan}
        onCopied={onCopied}
      />
      <StatusBar view={viewer} />
      <HelpOverlay open={viewer.help} />
    </div>
  );
}

/** What undo and redo act on where particles are picked. */
function pickSteps({ picks, uid }: Viewer): { undo: string | null; redo: string | null } {
  const { undo = null, redo = null } = picks.of(uid.value ?? undefined) ?? {};
  return { undo, redo };
}

/** After copying a prediction, users want to correct it. */
function correct({ all, current }: Stages): void {
  if (all.includes("annotate")) current.value = "annotate";
}

function brushOf({ live }: Workbench, viewer: Viewer, actions: Actions): Brush {
  return {
    tools: viewer.tools,
    feature: computed(() => viewer.tomogram.value?.activeFeature),
    pixelSize: viewer.pixelSize,
    contrast: viewer.contrast,
    predicts: computed(() => viewer.models.models.value.length > 0),
    live: { state: live.state, toggle: () => void live.toggle(viewer) },
    set: (feature, name, value) => actions.set(feature, name, value),
  };
}

/** Into the browser's top layer, since a notebook's cells would confine it. */
function fillWindow(element: HTMLElement): () => void {
  element.popover = "manual";
  element.showPopover();
  element.focus();
  return () => {
    element.hidePopover();
    element.removeAttribute("popover");
  };
}
