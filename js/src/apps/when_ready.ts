// The picture may be there before the annotations: what is drawn meanwhile is drawn when they have arrived.
import type { Signal } from "@preact/signals";
import type { Gesture, PlanePoint } from "../views/input";

/** A gesture that keeps its points until `ready` is true, and then does what `begin` makes of them. */
export function whenReady(ready: Signal<boolean>, begin: () => Gesture | null): Gesture {
  const kept: PlanePoint[] = [];
  let ended = false;
  let begun: Gesture | null = null;
  const finish = () => {
    begun?.end();
    stop();
  };
  const stop = ready.subscribe((now) => {
    if (!now || begun) return;
    begun = begin();
    if (kept.length > 0) begun?.move(kept);
    if (ended) finish();
  });
  return {
    move: (points) => (begun ? begun.move(points) : void kept.push(...points)),
    end: () => {
      ended = true;
      if (begun) finish();
    },
    cancel: () => {
      begun?.cancel();
      stop();
    },
  };
}
