// Models as the kernel lists them.
import type { Models, ModelValues } from "../../src/kernel/generated/wire";

export function model(uid: string, change: Partial<ModelValues> = {}): ModelValues {
  return {
    uid,
    path: null,
    proposed_name: `${uid}.scnm`,
    compiled: true,
    training: false,
    version: 0,
    architecture: "VGGNet M",
    parameters: 1000,
    receptive_field: 48,
    box_size: 64,
    depth: 1,
    loss: 0.1,
    title: uid,
    color: [1, 0, 0],
    threshold: 0.5,
    alpha: 0.75,
    tta: 1,
    voxel_size: 10,
    active: true,
    show: true,
    blend: false,
    emit: false,
    absorb: false,
    ...change,
  };
}

export function listing(...models: ModelValues[]): Models {
  return { models, interactions: [], selected: models.at(-1)?.uid ?? null };
}
