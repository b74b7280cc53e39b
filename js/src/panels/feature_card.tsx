// One feature: colour, name, visibility; for the active one also its settings and annotated slices.
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { JSX } from "preact";
import { SLIDERS } from "../kernel/generated/tables";
import type { Actions } from "../state/actions";
import { fromHex, toHex } from "../state/colors";
import type { FeatureState } from "../state/feature";
import type { TomogramState } from "../state/tomogram";
import { IconButton, Labeled, Slider, Toggle } from "./controls";
import { TextField } from "./fields";
import { LibraryTitles } from "./library_titles";
import { Menu } from "./menu";
import { SliceList } from "./slice_list";

/** What a card has to know of the view. */
export interface FeatureView {
  /** The only feature that is shown; null shows all that are visible. */
  solo: Signal<string | null>;
  shownZ: ReadonlySignal<number>;
  position: ReadonlySignal<{ z: number }>;
  /** Å, 0 where unknown. */
  pixelSize: ReadonlySignal<number>;
  goTo(axis: "z", index: number): void;
}

export type FeatureActions = Pick<
  Actions,
  | "activate"
  | "set"
  | "rename"
  | "moveFeature"
  | "copyToNext"
  | "interpolate"
  | "clearSlice"
  | "keepInLibrary"
  | "deleteFeature"
>;

interface Props {
  feature: FeatureState;
  tomogram: TomogramState;
  view: FeatureView;
  actions: FeatureActions;
  titles: ReadonlySignal<readonly string[]>;
}

export function FeatureCard({ feature, tomogram, view, actions, titles }: Props): JSX.Element {
  const settings = feature.settings.value;
  const active = tomogram.activeFeature === feature;
  const alone = view.solo.value === feature.uid;
  const shown = view.solo.value === null ? settings.visible : alone;
  const slices = feature.slices.value.length;
  const boxes = feature.boxes.value.length;
  return (
    <li
      class={active ? "ais-card ais-active" : "ais-card"}
      aria-label={settings.title}
      aria-current={active}
      onPointerDown={() => actions.activate(feature)}
    >
      <div class="ais-card-head">
        <input
          type="color"
          class="ais-color"
          aria-label={`Colour of ${settings.title}`}
          value={toHex(settings.color)}
          onInput={(event) => actions.set(feature, "color", fromHex(event.currentTarget.value))}
        />
        {active ? (
          <>
            <TextField
              name="Feature name"
              value={settings.title}
              list={`ais-titles-${tomogram.uid}`}
              onCommit={(title) => actions.rename(feature, title)}
            />
            <LibraryTitles titles={titles} id={`ais-titles-${tomogram.uid}`} />
          </>
        ) : (
          <button type="button" class="ais-card-title" onClick={() => actions.activate(feature)}>
            {settings.title}
          </button>
        )}
        <span class="ais-count" title={`${slices} slices drawn, ${boxes} boxes`}>
          {slices + boxes > 0 ? `${slices}·${boxes}` : ""}
        </span>
        <IconButton
          icon={shown ? "eye" : "hidden"}
          name={shown ? `Hide ${settings.title}` : `Show ${settings.title}`}
          onClick={() => actions.set(feature, "visible", !settings.visible)}
        />
        <FeatureMenu feature={feature} tomogram={tomogram} view={view} actions={actions} />
      </div>
      {active && <Details feature={feature} view={view} actions={actions} />}
    </li>
  );
}

function FeatureMenu({ feature, tomogram, view, actions }: Omit<Props, "titles">): JSX.Element {
  const all = tomogram.features.value;
  const index = all.indexOf(feature);
  const alone = view.solo.value === feature.uid;
  return (
    <Menu
      name={`Menu of ${feature.settings.value.title}`}
      items={[
        {
          label: alone ? "Show all again" : "Show only this",
          onClick: () => {
            view.solo.value = alone ? null : feature.uid;
          },
        },
        {
          label: "Move up",
          onClick: () => actions.moveFeature(feature, index - 1),
          disabled: index === 0,
        },
        {
          label: "Move down",
          onClick: () => actions.moveFeature(feature, index + 1),
          disabled: index === all.length - 1,
        },
        { label: "Copy drawing to next slice", onClick: () => actions.copyToNext(feature, 1) },
        {
          label: "Interpolate between slices",
          onClick: () => void actions.interpolate(feature),
          disabled: feature.slices.value.length < 2,
        },
        {
          label: "Clear drawing and boxes here",
          onClick: () => actions.clearSlice(feature, view.position.peek().z),
        },
        { label: "Keep in feature library", onClick: () => void actions.keepInLibrary(feature) },
        { label: "Delete feature", onClick: () => actions.deleteFeature(feature), danger: true },
      ]}
    />
  );
}

function Details({ feature, view, actions }: Pick<Props, "feature" | "view" | "actions">): JSX.Element {
  const settings = feature.settings.value;
  const pixel = view.pixelSize.value;
  const box = settings.box_size;
  return (
    <div class="ais-card-body">
      <Labeled label="Opacity" value={`${Math.round(settings.alpha * 100)} %`}>
        <Slider
          name="Opacity"
          value={settings.alpha}
          {...SLIDERS.alpha}
          onInput={(value) => actions.set(feature, "alpha", value)}
        />
      </Labeled>
      <Labeled
        label="Box"
        value={pixel > 0 ? `${box} px · ${((box * pixel) / 10).toFixed(0)} nm` : `${box} px`}
      >
        <Slider
          name="Box edge"
          value={box}
          {...SLIDERS.box_size}
          onInput={(value) => actions.set(feature, "box_size", value)}
        />
      </Labeled>
      <div class="ais-toggles">
        <Toggle
          label="Fill"
          checked={settings.filled}
          onChange={(on) => actions.set(feature, "filled", on)}
        />
        <Toggle
          label="Boxes"
          checked={settings.show_boxes}
          onChange={(on) => actions.set(feature, "show_boxes", on)}
        />
      </div>
      <SliceList
        feature={feature}
        shown={view.shownZ.value}
        onGo={(z) => view.goTo("z", z)}
        onClear={(z) => actions.clearSlice(feature, z)}
      />
    </div>
  );
}
