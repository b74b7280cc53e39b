// Keys work only while the focus is inside the window. When the focused element disappears (a deleted card, a field that was
// answered), browsers move the focus to the page; the window then takes it back.

export function keepFocus(root: HTMLElement): () => void {
  let last: Element | null = null;
  const onIn = (event: FocusEvent) => {
    last = event.target as Element;
  };
  // If the element is still there, the user moved the focus away on purpose.
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
