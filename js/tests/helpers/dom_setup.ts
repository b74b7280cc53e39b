// What every test with a document needs. Its canvas cannot draw: a pencil that leaves no trace lets the real drawing code
// run (the pictures themselves are tested in Chromium), and there is no WebGL, as on a machine without it.
import { cleanup } from "@testing-library/preact";
import { afterEach } from "vitest";

const pencil = new Proxy({} as Record<PropertyKey, unknown>, {
  get: (kept, name) => kept[name] ?? (() => ({ width: 0 })),
});

HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
  return kind === "2d" ? pencil : null;
} as never;
globalThis.Path2D ??= class {
  moveTo() {}
  lineTo() {}
  arc() {}
  rect() {}
  addPath() {}
} as never;

afterEach(cleanup);
