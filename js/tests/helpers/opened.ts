// A view on a window whose kernel is the test.
import type { FeatureRecord, FeatureSettings, TomogramInfo } from "../../src/kernel/generated/wire";
import { Actions } from "../../src/state/actions";
import { DEFAULTS } from "../../src/state/feature";
import { Viewer } from "../../src/state/viewer";
import { Workbench } from "../../src/state/workbench";
import { FakeLink, settled } from "./fake_link";
import { tomogram } from "./samples";

/** Text that would do something if it were taken for HTML. */
export const HOSTILE = `<img src=x onerror="globalThis.attacked = true"><script>globalThis.attacked = true</script>"'&`;

export interface Opened {
  link: FakeLink;
  bench: Workbench;
  viewer: Viewer;
  actions: Actions;
}

export function feature(uid: string, settings: Partial<FeatureSettings> = {}): FeatureRecord {
  return { uid, settings: { ...DEFAULTS, title: uid, ...settings }, extra: {}, boxes: [], masks: [] };
}

/** A window with tomograms, and these features in the first. */
export async function opened(
  infos: TomogramInfo[] = [tomogram("cell")],
  features: FeatureRecord[] = [],
): Promise<Opened> {
  const link = new FakeLink();
  const bench = new Workbench(link);
  const viewer = new Viewer(bench.tomograms, bench.models, bench.exports);
  link.tell("tomograms", { tomograms: infos });
  for (const [i, snapshot] of link.of("snapshot").entries())
    await snapshot.answer({ features: i === 0 ? features : [], revision: 0, info: infos[i] });
  if (infos.length > 0) viewer.show(bench.tomograms.all.value[0]);
  await settled();
  return { link, bench, viewer, actions: new Actions(viewer) };
}

/** Whether what was shown stayed text. */
export function isHarmless(container: Element): boolean {
  const elements = container.querySelectorAll("img, script, [onerror]");
  return elements.length === 0 && !("attacked" in globalThis);
}

export const edits = ({ link }: Opened) => link.of("edit").map(({ content }) => content);
