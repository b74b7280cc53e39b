// The features of the tomogram: which one is painted, how it looks, where it is annotated.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { BACKGROUND_TITLE } from "../kernel/generated/tables";
import type { FeatureState } from "../state/feature";
import type { TomogramState } from "../state/tomogram";
import { IconButton, Section } from "./controls";
import { type FeatureActions, FeatureCard, type FeatureView } from "./feature_card";

interface Props {
  tomogram: TomogramState | undefined;
  view: FeatureView;
  actions: FeatureActions;
  titles: ReadonlySignal<readonly string[]>;
  onAdd(): void;
  /** Whether forests learn from each stroke, so that it matters what is painted as background. */
  live: ReadonlySignal<{ on: boolean }>;
  onAddBackground(): void;
}

export function FeaturesPanel({
  tomogram,
  view,
  actions,
  titles,
  onAdd,
  live,
  onAddBackground,
}: Props): JSX.Element {
  const features = tomogram?.features.value ?? [];
  const add = <IconButton icon="add" name="Add feature" disabled={!tomogram?.loaded.value} onClick={onAdd} />;
  return (
    <Section title="Features" aside={add}>
      {features.length === 0 && (
        <p class="ais-empty">
          Start painting to create the first feature, or add one and name it after what you annotate.
        </p>
      )}
      <ul class="ais-list" aria-label="Features">
        {tomogram &&
          features.map((feature) => (
            <FeatureCard
              key={feature.uid}
              feature={feature}
              tomogram={tomogram}
              view={view}
              actions={actions}
              titles={titles}
            />
          ))}
      </ul>
      {live.value.on && features.length > 0 && !features.some(isBackground) && (
        <button
          type="button"
          class="ais-link"
          title="For scribbles: paint some of each feature and some of what is none of them. Only what is painted is learned from then."
          onClick={onAddBackground}
        >
          Add Background
        </button>
      )}
    </Section>
  );
}

function isBackground({ settings }: FeatureState): boolean {
  return settings.value.title === BACKGROUND_TITLE;
}
