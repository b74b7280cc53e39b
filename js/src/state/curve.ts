// The loss during training, ready to be plotted: columns of equal length, null where there is no value.

import type { CurveRow } from "../kernel/generated/wire";

export type { CurveRow };

export class Curve {
  readonly at: number[] = [];
  readonly batch: (number | null)[] = [];
  readonly loss: (number | null)[] = [];
  readonly validation: (number | null)[] = [];
  /** Rows that the kernel has sent; those of an epoch are drawn at its last batch. */
  count = 0;

  /** From the float32 rows of a snapshot; NaN stands for null. */
  static decode(view: DataView): Curve {
    const rows: CurveRow[] = [];
    const value = (at: number) => {
      const found = view.getFloat32(at, true);
      return Number.isNaN(found) ? null : found;
    };
    for (let at = 0; at < view.byteLength; at += 16)
      rows.push([value(at) ?? 0, value(at + 4), value(at + 8), value(at + 12)]);
    const curve = new Curve();
    curve.add(0, rows);
    return curve;
  }

  /** Adds rows that begin at number `from`; 0 is a new run. False when some before them are missing. */
  add(from: number, rows: readonly CurveRow[]): boolean {
    if (from === 0) this.clear();
    if (from > this.count) return false;
    for (const row of rows.slice(this.count - from)) this.push(row);
    return true;
  }

  /** Epochs so far. */
  get end(): number {
    return this.at.at(-1) ?? 0;
  }

  get latest(): { loss: number | null; validation: number | null } {
    const last = (values: (number | null)[]) => values.findLast((value) => value !== null) ?? null;
    return { loss: last(this.loss) ?? last(this.batch), validation: last(this.validation) };
  }

  private push([at, batchLoss, loss, validation]: CurveRow): void {
    this.count++;
    const last = this.at.length - 1;
    if (batchLoss === null && last >= 0 && this.at[last] >= at - 1e-4) {
      this.loss[last] = loss;
      this.validation[last] = validation;
      return;
    }
    this.at.push(at);
    this.batch.push(batchLoss);
    this.loss.push(loss);
    this.validation.push(validation);
  }

  private clear(): void {
    this.count = 0;
    for (const column of [this.at, this.batch, this.loss, this.validation]) column.length = 0;
  }
}
