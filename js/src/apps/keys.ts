// Keys of the annotator. They act only while the focus is inside it; JupyterLab's own are suppressed there.
import type { Actions } from "../state/actions";
import type { ToolName } from "../state/tool_state";
import type { Viewer } from "../state/viewer";

const TOOL_KEYS: Record<string, ToolName> = { v: "navigate", b: "brush", e: "erase", l: "lasso" };

function editsText(target: EventTarget | null): boolean {
  return (
    (target instanceof HTMLInputElement && target.type !== "range" && target.type !== "checkbox") ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

/** Does what a key stands for; returns whether it stood for anything. */
export function handleKey(event: KeyboardEvent, viewer: Viewer, actions: Actions): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return withControl(key, event.shiftKey, actions);
  if (editsText(event.target) || event.altKey) return false;
  const onSlider = event.target instanceof HTMLInputElement;
  if (key.startsWith("Arrow") && !onSlider) return arrow(key, event.shiftKey, viewer);
  if (key === " " && !(event.target instanceof HTMLCanvasElement) && event.target !== event.currentTarget)
    return false;
  return event.shiftKey && "fi".includes(key) ? withShift(key, viewer, actions) : plain(key, viewer, actions);
}

function withControl(key: string, shift: boolean, actions: Actions): boolean {
  if (key === "z") shift ? actions.redo() : actions.undo();
  else if (key === "y") actions.redo();
  else if (key === "s") void actions.save();
  else return false;
  return true;
}

function arrow(key: string, shift: boolean, viewer: Viewer): boolean {
  const by = shift ? 5 : 1;
  if (key === "ArrowLeft") viewer.step("z", -by);
  else if (key === "ArrowRight") viewer.step("z", by);
  else {
    const all = viewer.tomograms.all.peek();
    const at = all.indexOf(viewer.tomogram.peek()!) + (key === "ArrowUp" ? -1 : 1);
    if (all[at]) viewer.show(all[at]);
  }
  return true;
}

function withShift(key: string, viewer: Viewer, actions: Actions): boolean {
  const feature = viewer.tomogram.peek()?.activeFeature;
  if (key === "i") viewer.interpolate.value = !viewer.interpolate.peek();
  else if (feature) actions.set(feature, "filled", !feature.settings.peek().filled);
  return true;
}

function plain(key: string, viewer: Viewer, actions: Actions): boolean {
  const { tools } = viewer;
  const feature = viewer.tomogram.peek()?.activeFeature;
  const settings = feature?.settings.peek();
  if (key in TOOL_KEYS) tools.tool.value = TOOL_KEYS[key];
  else if (key === "f") tools.tool.value = tools.tool.peek() === "flood" ? "brush" : "flood";
  else if (key === "w") actions.cycleFeature(-1);
  else if (key === "s") actions.cycleFeature(1);
  else if (key === "a") viewer.autocontrast.value = !viewer.autocontrast.peek();
  else if (key === "i") viewer.inverted.value = !viewer.inverted.peek();
  else if (key === "z") toggleFilters(viewer);
  else if (key === "p" && viewer.models.models.peek().length > 0) viewer.predictions.toggle();
  else if (key === "o") viewer.swapped.value = !viewer.swapped.peek();
  else if (key === " ") viewer.camera.value = null;
  else if (key === "?") viewer.help.value = !viewer.help.peek();
  else if (key === "Escape" && viewer.help.peek()) viewer.help.value = false;
  else if (!feature || !settings) return false;
  else if (key === "x") actions.set(feature, "visible", !settings.visible);
  else if (key === "n") actions.copyToNext(feature, 1);
  else if (key === "-" || key === "=") {
    const by = key === "-" ? -5 : 5;
    actions.set(feature, "flood_sensitivity", Math.min(100, Math.max(5, settings.flood_sensitivity + by)));
  } else if (key === "[" || key === "]") {
    actions.set(feature, "brush_radius", Math.max(1, settings.brush_radius + (key === "[" ? -1 : 1)));
  } else return false;
  return true;
}

/** Any on → all off; none on → all on. */
function toggleFilters(viewer: Viewer): void {
  const on = !viewer.filters.peek().some((filter) => filter.enabled);
  viewer.filters.value = viewer.filters.peek().map((filter) => ({ ...filter, enabled: on }));
}
