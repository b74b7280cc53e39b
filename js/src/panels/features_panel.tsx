// The features of the tomogram: which one is painted, how it looks, where it is annotated.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import type { Viewer } from "../state/viewer";
import { IconButton, Section } from "./controls";
import { FeatureCard } from "./feature_card";

export function FeaturesPanel({ viewer, actions }: { viewer: Viewer; actions: Actions }): JSX.Element {
  const tomogram = viewer.tomogram.value;
  const features = tomogram?.features.value ?? [];
  const add = (
    <IconButton
      icon="add"
      name="Add feature"
      disabled={!tomogram?.loaded.value}
      onClick={() => void actions.addFeature()}
    />
  );
  return (
    <Section title="Features" aside={add}>
      {features.length === 0 && (
        <p class="ais-empty">
          Paint to start the first feature, or add one and give it the name of what you annotate.
        </p>
      )}
      <ul class="ais-list" aria-label="Features">
        {features.map((feature, index) => (
          <FeatureCard key={feature.uid} feature={feature} index={index} viewer={viewer} actions={actions} />
        ))}
      </ul>
    </Section>
  );
}
