// Particles of the shown tomogram: picked from a segmentation, counted, corrected by hand, saved.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PickSettings } from "../kernel/generated/wire";
import type { PickList, PickSet } from "../state/picks";
import type { TomogramState } from "../state/tomogram";
import { Labeled, Section, Slider } from "./controls";
import { TextField } from "./fields";
import { counted } from "./words";

type Method = PickSettings["method"];

const METHODS: [Method, string][] = [
  ["centroids", "One in each component"],
  ["blobs", "One in each bulge (touching particles)"],
  ["filaments", "Along filaments"],
  ["surface", "On surfaces (membranes)"],
];

interface Props {
  tomogram: TomogramState | undefined;
  picks: PickSet;
}

export function PickPanel({ tomogram, picks }: Props): JSX.Element | null {
  const uid = tomogram?.uid;
  useEffect(() => {
    if (uid) void picks.open(uid);
  }, [uid, picks]);
  if (!uid) return null;
  const list = picks.of(uid);
  return (
    <Section title="Particles">
      <div class="ais-form">
        <Source picks={picks} />
        <Settings uid={uid} picks={picks} />
        <button
          type="button"
          class="ais-action"
          disabled={!picks.source.value || picks.busy.value}
          onClick={() => void picks.find(uid)}
        >
          {picks.busy.value ? "Picking…" : "Pick"}
        </button>
        <p class="ais-pick-count" role="status">
          {counted(list?.count ?? 0, "particle")}
        </p>
        {list?.note && <p class="ais-empty">{list.note}</p>}
        <Length
          label="Circles"
          name="Diameter of the circles"
          value={picks.diameter.value}
          range={[20, 1000]}
          onInput={(value) => {
            picks.diameter.value = value;
          }}
        />
        {list && list.count > 0 && <Save uid={uid} list={list} picks={picks} />}
      </div>
    </Section>
  );
}

interface LengthProps {
  label: string;
  /** Where it says more than the label. */
  name?: string;
  value: number;
  range: readonly [number, number];
  step?: number;
  onInput(value: number): void;
}

/** A slider in Å. */
function Length({
  label,
  name = label,
  value,
  range: [min, max],
  step = 10,
  onInput,
}: LengthProps): JSX.Element {
  const text = `${value} Å`;
  return (
    <Labeled label={label} value={text}>
      <Slider name={name} value={value} min={min} max={max} step={step} text={text} onInput={onInput} />
    </Labeled>
  );
}

function Source({ picks }: { picks: PickSet }): JSX.Element {
  const found = picks.segmentations.value;
  if (found.length === 0)
    return (
      <p class="ais-empty">
        No segmentation of this tomogram was found: export one, or put it beside the tomogram. Particles can
        also be added by hand with the Pick tool.
      </p>
    );
  return (
    <Labeled label="From">
      <select
        class="ais-select"
        aria-label="Segmentation to pick from"
        value={picks.source.value}
        onChange={(event) => {
          picks.source.value = event.currentTarget.value;
        }}
      >
        {found.map(({ path, title }) => (
          <option key={path} value={path} title={path}>
            {title}
          </option>
        ))}
      </select>
    </Labeled>
  );
}

function Settings({ uid, picks }: { uid: string; picks: PickSet }): JSX.Element {
  const { method, threshold, min_diameter, spacing, min_length } = picks.settings.value;
  return (
    <>
      <Labeled label="Method">
        <select
          class="ais-select"
          aria-label="Method"
          value={method}
          onChange={(event) => picks.set(uid, { method: event.currentTarget.value as Method })}
        >
          {METHODS.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </Labeled>
      <Labeled label="Threshold" value={String(threshold)}>
        <Slider
          name="Threshold of picking"
          value={threshold}
          min={0}
          max={254}
          onInput={(value) => picks.set(uid, { threshold: value })}
        />
      </Labeled>
      <Length
        label="Smallest diameter"
        value={min_diameter}
        range={[0, 600]}
        onInput={(value) => picks.set(uid, { min_diameter: value })}
      />
      {method === "filaments" && (
        <Length
          label="Shortest length"
          value={min_length}
          range={[0, 3000]}
          step={50}
          onInput={(value) => picks.set(uid, { min_length: value })}
        />
      )}
      {method !== "centroids" && (
        <Length
          label="Spacing"
          value={spacing}
          range={[10, 600]}
          onInput={(value) => picks.set(uid, { spacing: value })}
        />
      )}
    </>
  );
}

function Save({ uid, list, picks }: { uid: string; list: PickList; picks: PickSet }): JSX.Element {
  const [path, setPath] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const target = path ?? list.proposed;
  const save = async () => setSaved(await picks.save(uid, target));
  return (
    <>
      <Labeled label="File">
        <TextField name="File of the coordinates" value={target} onCommit={setPath} />
      </Labeled>
      <button type="button" class="ais-action" onClick={() => void save()}>
        Save coordinates
      </button>
      {saved && <p class="ais-empty">Saved {saved}</p>}
    </>
  );
}
