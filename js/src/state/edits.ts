// Changes of annotations, each of which can be undone.
import type { StepName } from "../kernel/generated/tables";
import type { Box, BoxesEdit, FeatureRecord, SettingEdit, Edit as WireEdit } from "../kernel/generated/wire";
import { inversePatch, type MaskPatch, patchFromBytes, patchToBytes } from "../labels/patch";
import type { FeatureState } from "./feature";

export type { Box, BoxesEdit, SettingEdit, StepName };

export interface PatchEdit {
  edit: "patch";
  patch: MaskPatch;
}

/** A feature is added (`before` is null), deleted (`after` is null) or moved. */
export interface FeatureEdit {
  edit: "feature";
  feature: string;
  before: number | null;
  after: number | null;
  content: FeatureState | null;
}

export type Edit = PatchEdit | BoxesEdit | SettingEdit | FeatureEdit;

/** What is undone and redone as one. */
export interface Step {
  /** Distinguishes the steps of all views. */
  key: string;
  name: StepName;
  edits: Edit[];
  time: number;
}

export function inverse(edit: Edit): Edit {
  switch (edit.edit) {
    case "patch":
      return { edit: "patch", patch: inversePatch(edit.patch) };
    case "boxes":
      return { ...edit, removed: edit.added, added: edit.removed };
    default:
      return { ...edit, before: edit.after, after: edit.before } as Edit;
  }
}

/** Slice to show when a step is undone or redone; null where it concerns none. */
export function sliceOf(step: Step): number | null {
  for (const edit of step.edits) {
    if (edit.edit === "patch") return edit.patch.z;
    if (edit.edit === "boxes") return (edit.added[0] ?? edit.removed[0])?.[0] ?? null;
  }
  return null;
}

export function sizeOf(step: Step): number {
  let bytes = 200;
  for (const edit of step.edits)
    if (edit.edit === "patch") bytes += (edit.patch.before?.length ?? 0) + (edit.patch.after?.length ?? 0);
  return bytes;
}

/** Fields for a message; bytes are appended to `blobs`. */
export function encodeEdit(tomogram: string, edit: Edit, blobs: Uint8Array[]): WireEdit {
  if (edit.edit === "patch") {
    blobs.push(patchToBytes(tomogram, edit.patch));
    return { edit: "patch", blob: blobs.length - 1 };
  }
  if (edit.edit === "feature") {
    const content = edit.before === null && edit.content ? edit.content.encode(blobs) : null;
    return { ...edit, content };
  }
  return { ...edit };
}

export type DecodeFeature = (fields: FeatureRecord, blobs: DataView[]) => FeatureState;

export function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

export function decodeEdit(fields: WireEdit, blobs: DataView[], feature: DecodeFeature): Edit {
  if (fields.edit === "patch") return { edit: "patch", patch: patchFromBytes(bytesOf(blobs[fields.blob])) };
  if (fields.edit === "feature")
    return { ...fields, content: fields.content && feature(fields.content, blobs) };
  return fields;
}
