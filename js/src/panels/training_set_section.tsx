// The training set: which features of which tomograms, in which boxes; what that yields; make, load and save it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { BOX_SLIDER } from "../kernel/generated/tables";
import type { MadeSet, TrainingSetState } from "../state/training_set";
import { IconButton, Labeled, Section, Slider } from "./controls";
import { TextField } from "./fields";
import { Notes } from "./notes";
import { ProgressBar } from "./progress_bar";
import { TrainingFeatures } from "./training_features";
import { TrainingTomograms } from "./training_tomograms";
import { counted } from "./words";

export function TrainingSetSection({ set }: { set: TrainingSetState }): JSX.Element {
  const [asking, setAsking] = useState<"load" | "save" | null>(null);
  const values = set.values.value;
  const toggle = (what: "load" | "save") => setAsking(asking === what ? null : what);
  const aside = (
    <>
      <IconButton icon="folder" name="Load training set" onClick={() => toggle("load")} />
      <IconButton
        icon="save"
        name="Save training set"
        disabled={!values?.set}
        onClick={() => toggle("save")}
      />
    </>
  );
  return (
    <Section title="Training set" aside={aside}>
      {asking && (
        <TextField
          key={asking}
          name={asking === "load" ? "Path of the training set" : "Path to write the training set to"}
          value=""
          placeholder="Path of a .scnt"
          onCancel={() => setAsking(null)}
          onCommit={(path) => {
            setAsking(null);
            if (path) void set[asking](path);
          }}
        />
      )}
      {values && <Choice set={set} />}
    </Section>
  );
}

function Choice({ set }: { set: TrainingSetState }): JSX.Element {
  const values = set.values.value!;
  const { making } = values;
  const error = set.error.value ?? values.failure;
  return (
    <div class="ais-training">
      <TrainingFeatures set={set} />
      {values.tomograms.length > 1 && <TrainingTomograms set={set} />}
      <Labeled label="Box" value={`${values.box_size} px`}>
        <Slider
          name="Box size"
          value={values.box_size}
          {...BOX_SLIDER}
          text={`${values.box_size} pixels`}
          onInput={(box_size) => void set.choose({ box_size })}
        />
      </Labeled>
      <div class="ais-fields">
        <span
          class="ais-label"
          title="Å per pixel of the boxes; that of the first tomogram unless you set it"
        >
          Voxel
        </span>
        <TextField
          name="Voxel size in Å"
          value={values.voxel_size === null ? "" : String(values.voxel_size)}
          placeholder={values.target_voxel_size > 0 ? `${values.target_voxel_size.toFixed(2)} Å` : "unknown"}
          onCommit={(value) => void set.choose({ voxel_size: value === "" ? null : Number(value) || 0 })}
        />
        <span class="ais-label">Depth</span>
        <TextField
          name="Depth in slices"
          value={String(values.depth)}
          onCommit={(value) => void set.choose({ depth: Math.round(Number(value)) || 0 })}
        />
      </div>
      <Notes notes={error ? [{ kind: "error", text: error }, ...values.notes] : values.notes} />
      {making ? (
        <div class="ais-buttons">
          <ProgressBar name="Making the training set" progress={making.progress} text={making.message} />
          <button type="button" class="ais-plain" onClick={() => void set.cancel()}>
            Cancel
          </button>
        </div>
      ) : (
        <div class="ais-buttons">
          <button
            type="button"
            class={values.set && !values.set.stale ? "ais-plain" : "ais-plain ais-primary"}
            disabled={!values.possible}
            onClick={() => void set.make()}
          >
            Make training set
          </button>
          <span class="ais-count">{values.possible && boxes(values.boxes)}</span>
        </div>
      )}
      {values.set && <Made made={values.set} />}
    </div>
  );
}

function Made({ made }: { made: MadeSet }): JSX.Element {
  const size = `${made.box_size}²${made.depth > 1 ? ` × ${made.depth}` : ""} px`;
  const pixel = made.voxel_size > 0 ? ` at ${made.voxel_size.toFixed(2)} Å` : "";
  return (
    <p class="ais-made" title={made.origin} data-boxes={made.boxes}>
      <b>{made.features.join(", ") || "Training set"}</b>: {boxes(made.boxes)} of {size}
      {pixel}, {made.positive} with the feature
      {made.stale && <em> · annotations have changed since</em>}
    </p>
  );
}

function boxes(count: number): string {
  return counted(count, "box", "boxes");
}
