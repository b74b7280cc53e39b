// Keys of the window: which key does what is a table (`KEYS`), what each action does is here. They act only while the focus
// is inside the window; JupyterLab's own keys are suppressed there.
import { KEYS, type KeyAction, SLIDERS } from "../kernel/generated/tables";
import type { Actions } from "../state/actions";
import type { FeatureState, Settings } from "../state/feature";
import type { ToolName } from "../state/tool_state";
import type { Viewer } from "../state/viewer";

function editsText(target: EventTarget | null): boolean {
  return (
    (target instanceof HTMLInputElement && target.type !== "range" && target.type !== "checkbox") ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

/** Performs the action of a key; returns whether it had one. */
export function handleKey(event: KeyboardEvent, viewer: Viewer, actions: Actions): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = event.ctrlKey || event.metaKey;
  if (!control && (editsText(event.target) || event.altKey)) return false;
  if (key.startsWith("Arrow") && event.target instanceof HTMLInputElement) return false; // a slider has it
  if (key === " " && !(event.target instanceof HTMLCanvasElement) && event.target !== event.currentTarget)
    return false;
  const prefix = control ? "ctrl+" : "";
  const action = (event.shiftKey && KEYS[`${prefix}shift+${key}`]) || KEYS[prefix + key];
  return action !== undefined && (perform(viewer, actions)[action]() ?? true);
}

/** What each action does; false where it does not apply, so that the key is not taken. */
function perform(viewer: Viewer, actions: Actions): Record<KeyAction, () => boolean | undefined> {
  const { tools } = viewer;
  const take = (tool: ToolName) => () => {
    const known = tools.available.peek();
    if (known && !known.includes(tool)) return false;
    tools.tool.value = tool;
    return true;
  };
  const toggle = (signal: { value: boolean }) => () => {
    signal.value = !signal.value;
    return true;
  };
  const does = (action: () => unknown) => () => {
    action();
    return true;
  };
  const withFeature = (action: (feature: FeatureState, settings: Settings) => void) => () => {
    const feature = viewer.tomogram.peek()?.activeFeature;
    if (feature) action(feature, feature.settings.peek());
    return feature !== undefined;
  };
  const resize = (by: number) =>
    withFeature((feature, { brush_radius }) =>
      actions.set(feature, "brush_radius", Math.max(SLIDERS.brush_radius.min, brush_radius + by)),
    );
  const sensitize = (by: number) =>
    withFeature((feature, { flood_sensitivity }) => {
      const { min, max } = SLIDERS.flood_sensitivity;
      actions.set(feature, "flood_sensitivity", Math.min(max, Math.max(min, flood_sensitivity + by)));
    });
  const neighbour = (by: number) => () => {
    const all = viewer.tomograms.all.peek();
    const next = all[all.indexOf(viewer.tomogram.peek()!) + by];
    if (next) viewer.show(next);
    return true;
  };
  return {
    navigate: take("navigate"),
    brush: take("brush"),
    erase: take("erase"),
    lasso: take("lasso"),
    flood: () => take(tools.tool.peek() === "flood" ? "brush" : "flood")(),
    less_sensitive: sensitize(-5),
    more_sensitive: sensitize(5),
    smaller_brush: resize(-1),
    larger_brush: resize(1),
    previous_slice: does(() => viewer.step("z", -1)),
    next_slice: does(() => viewer.step("z", 1)),
    five_back: does(() => viewer.step("z", -5)),
    five_on: does(() => viewer.step("z", 5)),
    previous_tomogram: neighbour(-1),
    next_tomogram: neighbour(1),
    previous_feature: does(() => actions.cycleFeature(-1)),
    next_feature: does(() => actions.cycleFeature(1)),
    visible: withFeature((feature, { visible }) => actions.set(feature, "visible", !visible)),
    filled: withFeature((feature, { filled }) => actions.set(feature, "filled", !filled)),
    copy_to_next: withFeature((feature) => actions.copyToNext(feature, 1)),
    predictions: () => {
      if (viewer.models.models.peek().length === 0) return false;
      viewer.predictions.toggle();
      return true;
    },
    swap: toggle(viewer.swapped),
    autocontrast: toggle(viewer.autocontrast),
    invert: toggle(viewer.inverted),
    interpolate: toggle(viewer.interpolate),
    filters: does(() => toggleFilters(viewer)),
    fit: does(() => {
      viewer.camera.value = null;
    }),
    undo: does(() => actions.undo()),
    redo: does(() => actions.redo()),
    save: does(() => actions.save()),
    help: toggle(viewer.help),
    escape: () => {
      const open = viewer.help.peek() ? viewer.help : viewer.fullWindow;
      if (!open.peek()) return false;
      open.value = false;
      return true;
    },
  };
}

/** Any on → all off; none on → all on. */
function toggleFilters(viewer: Viewer): void {
  const on = !viewer.filters.peek().some((filter) => filter.enabled);
  viewer.filters.value = viewer.filters.peek().map((filter) => ({ ...filter, enabled: on }));
}
