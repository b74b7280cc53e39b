// Keys act while the focus is inside the window. When what had the focus disappears (a deleted card, a field that was
// answered), browsers give it to the page; the window then takes it back.

export function keepFocus(root: HTMLElement): () => void {
  let last: Element | null = null;
  const onIn = (event: FocusEvent) => {
    last = event.target as Element;
  };
  // Leaving an element that is still there is what the user wanted.
  const onOut = () => {
    const left = last;
    queueMicrotask(() => {
      if (left === last && left?.isConnected && !root.contains(document.activeElement)) last = null;
    });
  };
  const watch = new MutationObserver(() => {
    if (!last || last.isConnected) return;
    last = null;
    const now = document.activeElement;
    if (!now || now === document.body) root.focus({ preventScroll: true });
  });
  root.addEventListener("focusin", onIn);
  root.addEventListener("focusout", onOut);
  watch.observe(root, { childList: true, subtree: true });
  return () => {
    watch.disconnect();
    root.removeEventListener("focusin", onIn);
    root.removeEventListener("focusout", onOut);
  };
}
