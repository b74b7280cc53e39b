// The open models: which is in front, how each is shown; add, load, save.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Actions } from "../state/actions";
import type { ModelState } from "../state/model_set";
import type { Viewer } from "../state/viewer";
import { AddModel } from "./add_model";
import { IconButton, Menu, Section, TextField } from "./controls";
import { ModelCard, type ModelQuestion, saveModel } from "./model_card";

interface Props {
  viewer: Viewer;
  actions: Actions;
  /** After a prediction was copied into the annotation. */
  onCopied(): void;
}

export function ModelsPanel({ viewer, actions, onCopied }: Props): JSX.Element {
  const { models } = viewer;
  const [adding, setAdding] = useState<"new" | "load" | "group" | null>(null);
  const [question, setQuestion] = useState<ModelQuestion | null>(null);
  const all = models.models.value;
  const ready = all.filter((model) => model.values.value.compiled);
  const done = () => setAdding(null);
  const toggle = (what: "new" | "load" | "group") => setAdding(adding === what ? null : what);
  const aside = (
    <>
      <IconButton icon="folder" name="Load model" onClick={() => toggle("load")} />
      <IconButton icon="add" name="Add model" onClick={() => toggle("new")} />
      {ready.length > 1 && (
        <Menu
          name="Menu of all models"
          items={[{ label: "Save all as a group…", onClick: () => toggle("group") }]}
        />
      )}
    </>
  );
  const load = async (path: string) => {
    if (path && (await models.ask("model_load", { path }))) done();
  };
  return (
    <Section title="Models" aside={aside}>
      {adding === "load" && (
        <TextField
          focus
          name="Path of the model"
          value=""
          placeholder="Path of a .scnm or .scnmgroup"
          onCommit={load}
        />
      )}
      {adding === "group" && (
        <TextField
          focus
          proposed
          name="Path to save the group"
          value={`${folderOf(viewer)}${ready.map((model) => model.values.value.title).join("_")}.scnmgroup`}
          onCommit={async (path) => {
            if (path && (await models.ask("model_group_save", { path }))) done();
          }}
        />
      )}
      {adding === "new" && <AddModel viewer={viewer} done={done} />}
      {all.length === 0 && !adding && (
        <p class="ais-empty">
          Add a model to train it on what is annotated, or load one that was trained before.
        </p>
      )}
      <ul class="ais-list" aria-label="Models">
        {all.map((model) => (
          <ModelCard
            key={model.uid}
            model={model}
            viewer={viewer}
            actions={actions}
            onCopied={onCopied}
            ask={setQuestion}
          />
        ))}
      </ul>
      {question && models.selected.value && (
        <Question
          key={`${question}${models.selected.value.uid}`}
          what={question}
          model={models.selected.value}
          viewer={viewer}
          done={() => setQuestion(null)}
        />
      )}
    </Section>
  );
}

interface QuestionProps {
  what: ModelQuestion;
  model: ModelState;
  viewer: Viewer;
  done(): void;
}

function Question({ what, model, viewer, done }: QuestionProps): JSX.Element {
  const { models } = viewer;
  const values = model.values.value;
  if (what === "pixel")
    return (
      <TextField
        focus
        name="Pixel size of the model in Å"
        value={values.voxel_size > 0 ? String(values.voxel_size) : ""}
        placeholder="Å per pixel to which slices are brought"
        onCommit={(text) => {
          done();
          if (Number(text) > 0) models.set(model, "voxel_size", Number(text));
        }}
      />
    );
  if (what === "save")
    return (
      <TextField
        focus
        proposed
        name="Path to save the model"
        value={values.path ?? folderOf(viewer) + values.proposed_name}
        onCommit={async (path) => {
          if (path && (await saveModel(viewer, model, path, path === values.path))) done();
        }}
      />
    );
  if (what === "slice") {
    const tomogram = viewer.tomogram.peek();
    const { z } = viewer.position.peek();
    const name = tomogram?.info.peek().name;
    return (
      <TextField
        focus
        proposed
        name="Path to save the prediction of this slice"
        value={`${folderOf(viewer)}${name}_z${z}_${values.title}.mrc`}
        onCommit={async (path) => {
          const asked = { model: model.uid, tomogram: tomogram?.uid, z, path };
          if (path && (await models.ask("prediction_save", asked))) done();
        }}
      />
    );
  }
  return (
    <div class="ais-question">
      <span>
        Close “{values.title}”? {values.path ? "" : "It is in no file."}
      </span>
      <span class="ais-answers">
        <button
          type="button"
          class="ais-danger"
          onClick={() => {
            done();
            void models.ask("model_remove", { model: model.uid });
          }}
        >
          Close it
        </button>
        <button type="button" onClick={done}>
          Keep open
        </button>
      </span>
    </div>
  );
}

/** Where the tomogram in view lies. */
function folderOf(viewer: Viewer): string {
  return viewer.tomogram.value?.info.value.path.replace(/[^/\\]*$/, "") ?? "";
}
