// A button that opens a list of things to do, for mouse and keyboard alike.
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons";

export interface MenuItem {
  label: string;
  onClick(): void;
  disabled?: boolean;
  danger?: boolean;
}

/** Which entry to focus, counted around the end, from that which has the focus (−1: none). */
type Place = (current: number, count: number) => number;

interface Props {
  name: string;
  icon?: IconName;
  items: MenuItem[];
}

export function Menu({ name, icon = "more", items }: Props): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [move, setMove] = useState<{ place: Place } | null>(null);
  const button = () => root.current!.querySelector<HTMLButtonElement>(":scope > button")!;
  const entries = () => [
    ...root.current!.querySelectorAll<HTMLButtonElement>("[role=menuitem]:not([disabled])"),
  ];
  const close = (focus: boolean) => {
    setOpen(false);
    if (focus) button().focus(); // the keys of the window keep working
  };
  const go = (place: Place) => {
    setOpen(true);
    setMove({ place });
  };
  // Once the list is there: entries that are hidden cannot have the focus.
  useLayoutEffect(() => {
    if (!move) return;
    const all = entries();
    const at = move.place(all.indexOf(document.activeElement as HTMLButtonElement), all.length);
    all[(at + all.length) % all.length]?.focus();
  }, [move]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") go((at) => at + 1);
    else if (event.key === "ArrowUp") go((at, count) => (at < 0 ? count - 1 : at - 1));
    else if (event.key === "Home" && open) go(() => 0);
    else if (event.key === "End" && open) go((_, count) => count - 1);
    else if (event.key === "Escape" && open) close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button and the entries inside have the focus
    <div
      class="ais-menu"
      ref={root}
      onKeyDown={onKeyDown}
      onFocusOut={(event) => {
        if (!root.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <button
        type="button"
        class="ais-button"
        aria-label={name}
        aria-haspopup="menu"
        aria-expanded={open}
        title={name}
        onClick={(event) => {
          event.currentTarget.focus(); // Safari does not focus buttons, and leaving it closes the menu
          setOpen(!open);
        }}
      >
        <Icon name={icon} />
      </button>
      <div class="ais-menu-list" role="menu" aria-label={name} hidden={!open}>
        {items.map((item) => (
          <button
            type="button"
            role="menuitem"
            key={item.label}
            tabIndex={-1}
            class={item.danger ? "ais-danger" : ""}
            disabled={item.disabled}
            onClick={() => {
              close(true);
              item.onClick();
            }}
          >
            {item.label}
          </button>
        ))}
      </div>
    </div>
  );
}
