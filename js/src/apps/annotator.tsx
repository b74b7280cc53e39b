// The annotator: tools, three views, side bar. One per cell output; several on a page may share their documents.
import { effect } from "@preact/signals";
import { type JSX, render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DatasetsPanel } from "../panels/datasets_panel";
import { DisplayPanel } from "../panels/display_panel";
import { FeaturesPanel } from "../panels/features_panel";
import { HelpOverlay } from "../panels/help_overlay";
import { RecoveryBanner } from "../panels/notices";
import { OptionsBar } from "../panels/options_bar";
import { StatusBar } from "../panels/status_bar";
import { ToolRail } from "../panels/tool_rail";
import { Actions } from "../state/actions";
import type { DocumentSet } from "../state/document_set";
import { Viewer } from "../state/viewer";
import { handleKey } from "./keys";
import { PictureArea } from "./picture";

export function renderAnnotator(documents: DocumentSet, element: HTMLElement): () => void {
  const viewer = new Viewer(documents);
  const actions = new Actions(viewer);
  const stop = effect(() => followDatasets(viewer));
  render(<Annotator viewer={viewer} actions={actions} />, element);
  return () => {
    actions.flush();
    stop();
    render(null, element);
  };
}

/** Shows the first tomogram, one that was just opened, or a neighbour of one that was closed. */
function followDatasets(viewer: Viewer): void {
  const all = viewer.documents.datasets.value;
  const wanted = all.find((dataset) => dataset.uid === viewer.wanted);
  if (wanted) {
    viewer.wanted = null;
    viewer.show(wanted);
  } else if (all.length > 0 && !all.some((dataset) => dataset.uid === viewer.uid.peek())) viewer.show(all[0]);
}

function Annotator({ viewer, actions }: { viewer: Viewer; actions: Actions }): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const full = viewer.fullWindow.value;
  useEffect(() => (full ? fillWindow(root.current!) : undefined), [full]);
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
      aria-label="Annotator"
      data-lm-suppress-shortcuts
      data-pending={viewer.documents.outbox.pending.value}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        // A click beside the controls keeps the keys working.
        if (!(event.target as Element).closest("button, input, select, summary, canvas"))
          root.current?.focus();
      }}
      tabIndex={-1}
    >
      <OptionsBar viewer={viewer} actions={actions} onFullWindow={toggleFull} />
      <RecoveryBanner documents={viewer.documents} />
      <ToolRail viewer={viewer} />
      <PictureArea viewer={viewer} actions={actions} />
      <aside class="ais-side">
        <DatasetsPanel viewer={viewer} actions={actions} />
        <FeaturesPanel viewer={viewer} actions={actions} />
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
