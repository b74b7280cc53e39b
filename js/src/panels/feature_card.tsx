// One feature: colour, name, visibility; when active also its settings and annotated slices.
import type { JSX } from "preact";
import type { Actions } from "../state/actions";
import { fromHex, toHex } from "../state/colors";
import type { FeatureState } from "../state/feature";
import type { Viewer } from "../state/viewer";
import { IconButton, Labeled, Menu, Slider, TextField, Toggle } from "./controls";
import { LibraryTitles } from "./library_titles";
import { SliceList } from "./slice_list";

interface Props {
  feature: FeatureState;
  index: number;
  viewer: Viewer;
  actions: Actions;
}

export function FeatureCard({ feature, index, viewer, actions }: Props): JSX.Element {
  const tomogram = viewer.tomogram.value!;
  const settings = feature.settings.value;
  const active = tomogram.activeFeature === feature;
  const count = tomogram.features.value.length;
  const solo = viewer.solo.value === feature.uid;
  const shown = viewer.solo.value === null ? settings.visible : solo;
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
            <LibraryTitles viewer={viewer} id={`ais-titles-${tomogram.uid}`} />
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
        <Menu
          name={`Menu of ${settings.title}`}
          items={[
            {
              label: solo ? "Show all again" : "Show alone",
              onClick: () => {
                viewer.solo.value = solo ? null : feature.uid;
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
              disabled: index === count - 1,
            },
            { label: "Copy drawing to next slice", onClick: () => actions.copyToNext(feature, 1) },
            {
              label: "Interpolate between slices",
              onClick: () => void actions.interpolate(feature),
              disabled: slices < 2,
            },
            {
              label: "Clear drawing and boxes here",
              onClick: () => actions.clearSlice(feature, viewer.position.peek().z),
            },
            { label: "Keep in feature library", onClick: () => void actions.keepInLibrary(feature) },
            { label: "Delete feature", onClick: () => actions.deleteFeature(feature), danger: true },
          ]}
        />
      </div>
      {active && <Details feature={feature} viewer={viewer} actions={actions} />}
    </li>
  );
}

function Details({ feature, viewer, actions }: Omit<Props, "index">): JSX.Element {
  const settings = feature.settings.value;
  const pixel = viewer.pixelSize.value;
  const box = settings.box_size;
  return (
    <div class="ais-card-body">
      <Labeled label="Opacity" value={`${Math.round(settings.alpha * 100)} %`}>
        <Slider
          name="Opacity"
          value={settings.alpha}
          min={0}
          max={1}
          step={0.05}
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
          min={32}
          max={256}
          step={32}
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
      <SliceList feature={feature} viewer={viewer} actions={actions} />
    </div>
  );
}
