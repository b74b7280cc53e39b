// A view on the fake kernel, with everything between pointer and kernel but the graphics.
import { FakeKernel } from "../../dev/fake_kernel";
import { Controller } from "../../src/apps/controller";
import { GreyValues } from "../../src/apps/grey_values";
import { type BrushCircle, Readout } from "../../src/apps/readout";
import { AXES, type Axis } from "../../src/geometry/axis";
import type { PlaneCamera } from "../../src/geometry/camera";
import { Actions } from "../../src/state/actions";
import { SliceStore } from "../../src/state/slice_store";
import { Viewer } from "../../src/state/viewer";
import { Workbench } from "../../src/state/workbench";
import type { PlanePoint } from "../../src/views/input";

export const SHAPE: [number, number, number] = [20, 30, 40];

export class Window {
  readonly kernel = new FakeKernel([
    { name: "a", shape: SHAPE, voxel_size: 10, value: (z, y, x) => z + 2 * y + 3 * x },
    { name: "b", shape: SHAPE, voxel_size: 10, value: () => 7 },
  ]);
  readonly bench = new Workbench(this.kernel.connect());
  readonly viewer = new Viewer(this.bench.tomograms, this.bench.models, this.bench.exports);
  readonly actions = new Actions(this.viewer);
  readonly slices = new SliceStore(this.viewer);
  readonly outlines: unknown[] = [];
  brush: BrushCircle | null = null;
  readonly controller: Controller;
  private readout: Readout;

  constructor() {
    const camera: PlaneCamera = { x: 0, y: 0, scaleX: 2, scaleY: 2 };
    const planes = Object.fromEntries(AXES.map((axis) => [axis, { camera }])) as never;
    const grey = new GreyValues(this.viewer, this.slices, () => null);
    this.readout = new Readout(
      this.viewer,
      this.slices,
      () => camera,
      (circle) => {
        this.brush = circle;
      },
    );
    const picture = { planes, showOutline: (...shown: unknown[]) => void this.outlines.push(shown) };
    this.controller = new Controller(this.viewer, picture, grey, this.readout, this.actions);
  }

  async open(): Promise<void> {
    await this.bench.tomograms.open();
    await this.settle();
    this.viewer.show(this.tomogram);
    this.viewer.position.value = { z: 5, y: 15, x: 20 };
  }

  get tomogram() {
    return this.bench.tomograms.all.peek()[0];
  }

  get feature() {
    return this.tomogram.activeFeature!;
  }

  async settle(): Promise<void> {
    await new Promise((done) => setTimeout(done, 20));
  }

  close(): void {
    this.readout.close();
    this.slices.close();
    this.viewer.close();
    this.bench.close();
  }
}

export function point(axis: Axis, column: number, row: number, more: Partial<PlanePoint> = {}): PlanePoint {
  const plain = { pressure: 1, pointer: "mouse", shift: false, ctrl: false, alt: false, secondary: false };
  return { axis, column, row, ...plain, ...more };
}
