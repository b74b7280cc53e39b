// A tool in the hand over one plane of a small volume, with a real tomogram, feature and history behind it.
import { FakeKernel } from "../../dev/fake_kernel";
import { type Axis, voxelAspect } from "../../src/geometry/axis";
import { paintedSize, paintedVoxelAt } from "../../src/geometry/plane";
import type { Picture } from "../../src/labels/flood";
import type { Allowed } from "../../src/labels/stroke";
import { DEFAULTS, type FeatureState } from "../../src/state/feature";
import type { TomogramState } from "../../src/state/tomogram";
import { TomogramSet } from "../../src/state/tomogram_set";
import { ToolState } from "../../src/state/tool_state";
import type { ToolContext, ToolGesture, ToolPoint } from "../../src/tools/context";

export const SHAPE: [number, number, number] = [30, 40, 50];
const UID = "a".repeat(32);

export type Start = (context: ToolContext, at: ToolPoint) => ToolGesture | null;

export class Hand {
  readonly tools = new ToolState();
  /** Names of the steps that were made. */
  readonly steps: string[] = [];
  outline: readonly { column: number; row: number }[] | null = null;
  picture: { picture: Picture; spread: number } | null = null;
  allowed: Allowed | undefined;
  predicted: Allowed | null = null;

  private constructor(
    readonly tomograms: TomogramSet,
    readonly tomogram: TomogramState,
    readonly feature: FeatureState,
    private voxel_size: [number, number, number],
  ) {}

  static async open(voxel_size: [number, number, number] = [10, 10, 10]): Promise<Hand> {
    const kernel = new FakeKernel([{ name: "v", shape: SHAPE, voxel_size: 10, value: () => 0 }]);
    const tomograms = new TomogramSet(kernel.connect());
    await tomograms.open();
    await new Promise((done) => setTimeout(done));
    const tomogram = tomograms.all.peek()[0];
    const content = tomogram.newFeature(UID, {
      ...DEFAULTS,
      title: "Ribosome",
      brush_radius: 3,
      box_size: 8,
    });
    tomograms.commit(tomogram, "Add feature", [
      { edit: "feature", feature: UID, before: null, after: 0, content },
    ]);
    return new Hand(tomograms, tomogram, tomogram.feature(UID)!, voxel_size);
  }

  /** Presses at the first place (column, row, as painted), moves over the others and lets go. */
  drag(
    start: Start,
    axis: Axis,
    index: number,
    places: [number, number][],
    more: Partial<ToolPoint> = {},
  ): void {
    const gesture = this.press(start, axis, index, places[0], more);
    for (const place of places.slice(1)) gesture?.move([pointAt(place, more)]);
    gesture?.end();
  }

  press(
    start: Start,
    axis: Axis,
    index: number,
    place: [number, number],
    more: Partial<ToolPoint> = {},
  ): ToolGesture | null {
    return start(this.context(axis, index), pointAt(place, more));
  }

  /** Painted voxels as "z y x", sorted. */
  get painted(): string[] {
    const { masks } = this.feature;
    return masks.slices
      .flatMap((z) => [...masks.get(z)!].flatMap((value, i) => (value ? [[z, i]] : [])))
      .map(([z, i]) => `${z} ${Math.floor(i / SHAPE[2])} ${i % SHAPE[2]}`)
      .sort();
  }

  get boxes(): number[][] {
    return this.feature.boxes.peek().map((box) => [...box]);
  }

  undo(): void {
    this.tomograms.travel(this.tomogram, "undo", () => {});
  }

  close(): void {
    this.tomograms.close();
  }

  private context(axis: Axis, index: number): ToolContext {
    return {
      tools: this.tools,
      feature: this.feature,
      shape: SHAPE,
      axis,
      index,
      plane: paintedSize(axis, SHAPE),
      voxelAspect: voxelAspect(this.voxel_size),
      scale: 2,
      voxelAt: (place) => paintedVoxelAt(axis, index, place),
      picture: () => this.picture,
      allowed: () => this.allowed,
      predicted: () => this.predicted,
      outline: (places) => {
        this.outline = places;
      },
      commit: (name, edits, done) => {
        if (edits.length > 0) this.steps.push(name);
        this.tomograms.commit(this.tomogram, name, edits, done);
      },
    };
  }
}

function pointAt([column, row]: [number, number], more: Partial<ToolPoint>): ToolPoint {
  return { column, row, pressure: 1, secondary: false, shift: false, ctrl: false, ...more };
}

/** Voxels as `Hand.painted` names them, from places of a plane as painted. */
export function voxels(axis: Axis, index: number, places: Iterable<[number, number]>): string[] {
  const found = [...places].map(([column, row]) => {
    const { z, y, x } = paintedVoxelAt(axis, index, { column, row });
    return `${z} ${y} ${x}`;
  });
  return [...new Set(found)].sort();
}

/** Places within a disc: dx² + (aspect · dy)² < radius². */
export function discAt(column: number, row: number, radius: number, aspect = 1): [number, number][] {
  const found: [number, number][] = [];
  const far = Math.ceil(radius / Math.min(1, aspect));
  for (let dy = -far; dy <= far; dy++)
    for (let dx = -far; dx <= far; dx++)
      if (dx * dx + (dy * aspect) ** 2 < radius * radius) found.push([column + dx, row + dy]);
  return found;
}
