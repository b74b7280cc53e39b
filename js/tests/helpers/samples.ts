// Records as the kernel sends them, whole; tests change what they are about.
import type {
  ExportInfo,
  JobStatus,
  RunValues,
  Scores,
  TomogramInfo,
  TrainingSetValues,
} from "../../src/kernel/generated/wire";

export function tomogram(uid: string, change: Partial<TomogramInfo> = {}): TomogramInfo {
  return {
    uid,
    name: uid,
    path: `/data/${uid}.mrc`,
    shape: [50, 20, 30],
    voxel_size: [10, 10, 10],
    region: [0, 20, 0, 30],
    z_range: [0, 50],
    available: true,
    unsaved: false,
    undo: null,
    redo: null,
    colors: [],
    saved_to: null,
    autosave_error: null,
    beside: null,
    display: {},
    ...change,
  };
}

export function job(change: Partial<JobStatus> = {}): JobStatus {
  return {
    title: "cell",
    state: "running",
    progress: 0.25,
    message: "slice 5 of 20",
    elapsed: 65,
    time_left: 200,
    error: null,
    ...change,
  };
}

export function run(model: string, change: Partial<RunValues> = {}): RunValues {
  return {
    model,
    title: "Ribosome",
    state: "running",
    stopping: false,
    progress: 0.5,
    message: "epoch 3 of 5",
    waits_for: null,
    error: null,
    backup_error: null,
    epochs: 5,
    epochs_left: 2,
    out_of_memory: null,
    batch_size: 8,
    device: "CPU",
    arithmetic: "float32",
    memory: 2.5e9,
    note: "",
    steps_per_second: 4.25,
    time_left: 90,
    ...change,
  };
}

export function trainingSet(change: Partial<TrainingSetValues> = {}): TrainingSetValues {
  return {
    features: [{ title: "Ribosome", color: [1, 0, 0], role: 1 }],
    tomograms: [{ uid: "t", name: "cell", taken: true, positive: 12, negative: 3, slices: 2 }],
    box_size: 64,
    voxel_size: null,
    target_voxel_size: 10,
    depth: 1,
    notes: [],
    possible: true,
    boxes: 15,
    making: null,
    failure: null,
    set: null,
    suggestion: { batch_size: 16, reason: "a quarter of the boxes" },
    model_notes: {},
    ...change,
  };
}

export function scores(change: Partial<Scores> = {}): Scores {
  return {
    truth: "/data/truth.mrc",
    dice: 0.8125,
    iou: 0.684,
    precision: 0.9,
    recall: null,
    threshold: 0.5,
    best_threshold: 0.4,
    best_dice: 0.83,
    curve: [0.1, null, 0.8],
    per_slice: Array.from({ length: 12 }, (_, i) => [66 + i, 0.8] as const) as [number, number][],
    region: null,
    ...change,
  };
}

export function exported(uid: string, change: Partial<ExportInfo> = {}): ExportInfo {
  return {
    uid,
    name: uid,
    tomogram: null,
    models: ["Ribosome"],
    status: job({ title: uid }),
    notes: [],
    outputs: [],
    ...change,
  };
}
