// The menu with mouse and keyboard.
import { fireEvent, render, screen } from "@testing-library/preact";
import { expect, test, vi } from "vitest";
import { Menu } from "../../src/panels/menu";

function show() {
  const items = [
    { label: "First", onClick: vi.fn() },
    { label: "Second", onClick: vi.fn(), disabled: true },
    { label: "Third", onClick: vi.fn(), danger: true },
  ];
  const outside = vi.fn();
  render(
    // biome-ignore lint/a11y/noStaticElementInteractions: stands for the window, which has keys of its own
    <div onKeyDown={outside}>
      <Menu name="Things" items={items} />
    </div>,
  );
  return { items, outside, button: screen.getByRole("button", { name: "Things" }) };
}

const list = () => screen.queryByRole("menu");
const focused = () => document.activeElement?.textContent;
const press = (key: string) => fireEvent.keyDown(document.activeElement!, { key });
const rendered = () => new Promise((done) => setTimeout(done, 0));

test("a click opens and closes it; an entry does its work, closes it, and gives the focus back", async () => {
  const { button, items } = show();
  expect(list()).toBeNull();
  fireEvent.click(button);
  await rendered();
  expect(button.getAttribute("aria-expanded")).toBe("true");
  fireEvent.click(screen.getByRole("menuitem", { name: "First" }));
  await rendered();
  expect(items[0].onClick).toHaveBeenCalledOnce();
  expect(list()).toBeNull();
  expect(document.activeElement).toBe(button);
  fireEvent.click(button);
  fireEvent.click(button);
  await rendered();
  expect(list()).toBeNull();
});

test("arrows open it, pass over what is disabled and go around; Home and End go to the ends", async () => {
  const { button } = show();
  button.focus();
  press("ArrowDown");
  await rendered();
  expect(focused()).toBe("First");
  press("ArrowDown");
  await rendered();
  expect(focused()).toBe("Third");
  press("ArrowDown");
  await rendered();
  expect(focused()).toBe("First");
  press("End");
  await rendered();
  expect(focused()).toBe("Third");
  press("Home");
  await rendered();
  expect(focused()).toBe("First");
  press("ArrowUp");
  await rendered();
  expect(focused()).toBe("Third");
});

test("arrow up opens it at its end", async () => {
  const { button } = show();
  button.focus();
  press("ArrowUp");
  await rendered();
  expect(focused()).toBe("Third");
});

test("Escape closes it, gives the focus back, and is not seen by the window", async () => {
  const { button, outside } = show();
  button.focus();
  press("ArrowDown");
  await rendered();
  outside.mockClear();
  press("Escape");
  await rendered();
  expect(list()).toBeNull();
  expect(document.activeElement).toBe(button);
  expect(outside).not.toHaveBeenCalled();
  press("Escape"); // closed already: now it is the window's
  expect(outside).toHaveBeenCalledOnce();
});

test("other keys reach the window, and leaving it closes it", async () => {
  const { button, outside } = show();
  fireEvent.click(button);
  await rendered();
  press("z");
  expect(outside).toHaveBeenCalledOnce();
  fireEvent.focusOut(button, { relatedTarget: document.body });
  await rendered();
  expect(list()).toBeNull();
});
