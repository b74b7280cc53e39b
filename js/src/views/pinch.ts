// Two fingers: pan and zoom.

export interface PinchChange {
  left: number;
  top: number;
  right: number;
  down: number;
  factor: number;
}

export class Pinch {
  private fingers = new Map<number, { left: number; top: number }>();

  get count(): number {
    return this.fingers.size;
  }

  down(id: number, left: number, top: number): void {
    this.fingers.set(id, { left, top });
  }

  up(id: number): void {
    this.fingers.delete(id);
  }

  /** Returns whether the movement belongs to two fingers. */
  move(id: number, left: number, top: number, changed: (change: PinchChange) => void): boolean {
    if (!this.fingers.has(id)) return false;
    const before = this.measure();
    this.fingers.set(id, { left, top });
    if (this.fingers.size < 2) return false;
    const after = this.measure();
    changed({
      left: after.left,
      top: after.top,
      right: after.left - before.left,
      down: after.top - before.top,
      factor: before.distance > 0 ? after.distance / before.distance : 1,
    });
    return true;
  }

  private measure(): { left: number; top: number; distance: number } {
    const [a, b] = [...this.fingers.values()];
    if (!b) return { left: a.left, top: a.top, distance: 0 };
    return {
      left: (a.left + b.left) / 2,
      top: (a.top + b.top) / 2,
      distance: Math.hypot(a.left - b.left, a.top - b.top),
    };
  }
}
