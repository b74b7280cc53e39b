// Puts off redrawing a cross-section until nothing has asked for it for a moment, or at the latest after a longer one.
import type { Axis } from "../geometry/axis";

/** Milliseconds after which cross-sections follow strokes and scrolling: at rest, and at the latest. */
const LATER = 80;
const LATEST = 1000;

export class Later {
  private waiting = new Map<Axis, { timer: ReturnType<typeof setTimeout>; since: number }>();

  /** `busy`: the main view waits for its slice, which comes first. */
  constructor(
    private redraw: (axis: Axis) => void,
    private busy: () => boolean,
  ) {}

  ask(axis: Axis): void {
    const now = performance.now();
    const last = this.waiting.get(axis);
    clearTimeout(last?.timer);
    const since = last?.since ?? now;
    const act = () => {
      if (this.busy() && performance.now() - since < LATEST) return this.ask(axis);
      this.waiting.delete(axis);
      this.redraw(axis);
    };
    const timer = setTimeout(act, Math.max(0, Math.min(LATER, since + LATEST - now)));
    this.waiting.set(axis, { timer, since });
  }

  close(): void {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
  }
}
