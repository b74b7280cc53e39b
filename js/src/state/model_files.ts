// Models as files: where they are saved by default, and with which picture.
import type { ReadonlySignal } from "@preact/signals";
import type { ModelSet, ModelState } from "./model_set";
import type { TomogramState } from "./tomogram";

/** The slice in view, whose picture is stored with a model. */
export interface SliceInView {
  tomogram: ReadonlySignal<TomogramState | undefined>;
  position: ReadonlySignal<{ z: number }>;
}

export class ModelFiles {
  constructor(
    private models: ModelSet,
    private view: SliceInView,
  ) {}

  /** Resolves to whether the model was saved. */
  async save(model: ModelState, path: string): Promise<boolean> {
    const { tomogram, z } = this.slice;
    return (await this.models.ask("model_save", { model: model.uid, path, tomogram, z })) !== null;
  }

  async saveGroup(path: string): Promise<boolean> {
    return (await this.models.ask("model_group_save", { path })) !== null;
  }

  async savePrediction(model: ModelState, path: string): Promise<boolean> {
    const { tomogram, z } = this.slice;
    if (tomogram === undefined) return false;
    return (await this.models.ask("prediction_save", { model: model.uid, tomogram, z, path })) !== null;
  }

  async load(path: string): Promise<boolean> {
    return (await this.models.ask("model_load", { path })) !== null;
  }

  close(model: ModelState): void {
    void this.models.ask("model_remove", { model: model.uid });
  }

  /** A path beside the tomogram in view. */
  beside(name: string): string {
    const path = this.view.tomogram.peek()?.info.peek().path ?? "";
    return path.replace(/[^/\\]*$/, "") + name;
  }

  /** File name for the prediction of the slice in view. */
  predictionName(model: ModelState): string {
    const name = this.view.tomogram.peek()?.info.peek().name ?? "prediction";
    return `${name}_z${this.view.position.peek().z}_${model.values.peek().title}.mrc`;
  }

  private get slice(): { tomogram: string | undefined; z: number } {
    return { tomogram: this.view.tomogram.peek()?.uid, z: this.view.position.peek().z };
  }
}
