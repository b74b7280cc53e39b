// Tells the kernel how a tomogram is shown when that has come to rest: a reloaded page, another view and the saved file
// then show it so.
import { effect } from "@preact/signals";
import type { Display } from "./dataset";
import type { Viewer } from "./viewer";

const REST = 400;

export function rememberDisplay(viewer: Viewer): () => void {
  let waiting: { dataset: string; display: Display } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = "";

  const tell = () => {
    clearTimeout(timer);
    if (!waiting || !viewer.documents.alive.peek()) return;
    const { dataset, display } = waiting;
    waiting = null;
    told = JSON.stringify([dataset, display]);
    void viewer.documents.ask("display", { dataset, ...display });
  };

  const stop = effect(() => {
    const uid = viewer.uid.value;
    const display = viewer.display();
    if (!uid || !display.contrast) return; // nothing has been shown yet
    if (waiting && waiting.dataset !== uid) tell();
    if (JSON.stringify([uid, display]) === told) return;
    waiting = { dataset: uid, display };
    clearTimeout(timer);
    timer = setTimeout(tell, REST);
  });
  return () => {
    stop();
    tell();
  };
}
