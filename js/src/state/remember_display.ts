// Tells the kernel how a tomogram is shown, once the user has stopped changing it, so that a reloaded page, another view and
// the saved file show it the same way.
import { effect } from "@preact/signals";
import type { Display } from "./tomogram";
import type { Viewer } from "./viewer";

const REST = 400;

export function rememberDisplay(viewer: Viewer): () => void {
  let waiting: { tomogram: string; display: Display } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = "";

  const tell = () => {
    clearTimeout(timer);
    if (!waiting || !viewer.tomograms.alive.peek()) return;
    const { tomogram, display } = waiting;
    waiting = null;
    told = JSON.stringify([tomogram, display]);
    void viewer.tomograms.ask("display", { tomogram, ...display });
  };

  const stop = effect(() => {
    const uid = viewer.uid.value;
    const display = viewer.display();
    if (!uid || !display.contrast) return; // nothing has been shown yet
    if (waiting && waiting.tomogram !== uid) tell();
    if (JSON.stringify([uid, display]) === told) return;
    waiting = { tomogram: uid, display };
    clearTimeout(timer);
    timer = setTimeout(tell, REST);
  });
  return () => {
    stop();
    tell();
  };
}
