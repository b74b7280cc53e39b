// What has to be answered before something is done with a model: a path, a pixel size, whether to close it.
import type { JSX } from "preact";
import type { ModelFiles } from "../state/model_files";
import type { ModelSet, ModelState } from "../state/model_set";
import { TextField } from "./fields";
import type { ModelQuestion } from "./model_card";

interface Props {
  what: ModelQuestion;
  model: ModelState;
  models: Pick<ModelSet, "set">;
  files: ModelFiles;
  done(): void;
}

export function ModelQuestionField({ what, model, models, files, done }: Props): JSX.Element {
  const values = model.values.value;
  if (what === "pixel")
    return (
      <TextField
        focus
        name="Pixel size of the model in Å"
        value={values.voxel_size > 0 ? String(values.voxel_size) : ""}
        placeholder="Å per pixel to which slices are rescaled"
        onCancel={done}
        onCommit={(text) => {
          done();
          if (Number(text) > 0) models.set(model, "voxel_size", Number(text));
        }}
      />
    );
  if (what === "close")
    return (
      <div class="ais-question">
        <span>
          Close “{values.title}”?{values.path ? "" : " It has not been saved."}
        </span>
        <span class="ais-answers">
          <button
            type="button"
            class="ais-danger"
            onClick={() => {
              done();
              files.close(model);
            }}
          >
            Close model
          </button>
          <button type="button" onClick={done}>
            Keep open
          </button>
        </span>
      </div>
    );
  const whole = what === "save";
  const proposal = whole ? (values.path ?? files.beside(values.proposed_name)) : predictionPath(files, model);
  return (
    <TextField
      focus
      proposed
      name={whole ? "Path to save the model" : "Path to save the prediction of this slice"}
      value={proposal}
      onCancel={done}
      onCommit={async (path) => {
        if (!path) return;
        if (await (whole ? files.save(model, path) : files.savePrediction(model, path))) done();
      }}
    />
  );
}

function predictionPath(files: ModelFiles, model: ModelState): string {
  return files.beside(files.predictionName(model));
}
