// The open models: which is in front and how each is shown; add, load, save.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ModelFiles } from "../state/model_files";
import type { ModelSet, ModelState } from "../state/model_set";
import { AddModel } from "./add_model";
import { IconButton, Section } from "./controls";
import type { CopyTarget } from "./copy_button";
import { TextField } from "./fields";
import { Menu } from "./menu";
import { ModelCard, type ModelQuestion, type Names } from "./model_card";
import { ModelQuestionField } from "./model_question";

interface Props {
  models: ModelSet;
  files: ModelFiles;
  names: Names;
  target: CopyTarget;
  /** Opens a new model of an architecture; resolves to whether that worked. */
  onAdd(architecture: string): Promise<boolean>;
}

type Adding = "new" | "load" | "group" | null;

export function ModelsPanel({ models, files, names, target, onAdd }: Props): JSX.Element {
  const [adding, setAdding] = useState<Adding>(null);
  const [question, setQuestion] = useState<ModelQuestion | null>(null);
  const all = models.models.value;
  const ready = all.filter((model) => model.values.value.compiled);
  const selected = models.selected.value;
  const done = () => setAdding(null);
  const toggle = (what: Adding) => setAdding(adding === what ? null : what);
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
  return (
    <Section title="Models" aside={aside}>
      {adding === "load" && (
        <TextField
          focus
          name="Path of the model"
          value=""
          placeholder="Path of a .scnm or .scnmgroup"
          onCancel={done}
          onCommit={async (path) => {
            if (path && (await files.load(path))) done();
          }}
        />
      )}
      {adding === "group" && <GroupField ready={ready} files={files} done={done} />}
      {adding === "new" && <AddModel architectures={models.architectures} onAdd={onAdd} done={done} />}
      {all.length === 0 && !adding && (
        <p class="ais-empty">
          Add a model to train it on your annotations, or load one that is already trained.
        </p>
      )}
      <ul class="ais-list" aria-label="Models">
        {all.map((model) => (
          <ModelCard
            key={model.uid}
            model={model}
            models={models}
            names={names}
            target={target}
            onSave={(path) => void files.save(model, path)}
            ask={(what) => {
              models.select(model);
              setQuestion(what);
            }}
          />
        ))}
      </ul>
      {question && selected && (
        <ModelQuestionField
          key={`${question}${selected.uid}`}
          what={question}
          model={selected}
          models={models}
          files={files}
          done={() => setQuestion(null)}
        />
      )}
    </Section>
  );
}

interface GroupProps {
  ready: ModelState[];
  files: ModelFiles;
  done(): void;
}

function GroupField({ ready, files, done }: GroupProps): JSX.Element {
  const titles = ready.map((model) => model.values.value.title).join("_");
  return (
    <TextField
      focus
      proposed
      name="Path to save the group"
      value={files.beside(`${titles}.scnmgroup`)}
      onCancel={done}
      onCommit={async (path) => {
        if (path && (await files.saveGroup(path))) done();
      }}
    />
  );
}
