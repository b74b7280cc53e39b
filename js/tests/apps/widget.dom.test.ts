// One widget in several cells, as anywidget shows it: each view may go at any time, and the others go on.
import { act } from "@testing-library/preact";
import { expect, test } from "vitest";
import type { JobStatus } from "../../src/kernel/generated/wire";
import widget from "../../src/widget";
import { job } from "../helpers/samples";

type Listener = { name: string; handler: (...args: unknown[]) => void; owner: unknown };

/** A model whose listeners belong to the widget or to one of its views, and go with their owner. */
class Page {
  listeners: Listener[] = [];
  status: JobStatus = job({ title: "Ribosome" });
  readonly sent: { kind: string; id: string }[] = [];
  readonly definition = widget();
  private elements = new Map<HTMLElement, () => void>();

  constructor() {
    void this.definition.initialize({ model: this.model("widget") } as never);
  }

  model(owner: unknown) {
    return {
      comm_live: true,
      get: (name: string) => (name === "app" ? "job" : this.status),
      set: () => {},
      save_changes: () => {},
      send: (content: { kind: string; id: string }) => void this.sent.push(content),
      on: (name: string, handler: () => void) => void this.listeners.push({ name, handler, owner }),
      off: (name: string, handler: unknown) => {
        this.listeners = this.listeners.filter(
          (one) => one.name !== name || one.handler !== handler || one.owner !== owner,
        );
      },
    };
  }

  async show(): Promise<HTMLElement> {
    const element = document.body.appendChild(document.createElement("div"));
    await act(async () => {
      const leave = this.definition.render({ model: this.model(element), el: element } as never);
      this.elements.set(element, leave as () => void);
    });
    return element;
  }

  async clear(element: HTMLElement): Promise<void> {
    this.listeners = this.listeners.filter(({ owner }) => owner !== element);
    await act(async () => this.elements.get(element)?.());
    element.remove();
  }

  async change(status: JobStatus): Promise<void> {
    this.status = status;
    await this.fire("change:status");
  }

  async fire(wanted: string, ...args: unknown[]): Promise<void> {
    await act(async () => {
      for (const { name, handler } of [...this.listeners]) if (name === wanted) handler(...args);
    });
  }
}

const shown = (element: HTMLElement) => element.querySelector(".ais-job-message")?.textContent;

test.each([0, 1, 2])("when view %i of three goes, the others hear from the kernel", async (gone) => {
  const page = new Page();
  const views = [await page.show(), await page.show(), await page.show()];
  await page.clear(views[gone]);
  await page.change(job({ title: "Ribosome", message: "slice 7" }));
  expect(views.filter((_, i) => i !== gone).map(shown)).toEqual(["slice 7", "slice 7"]);
});

test("answers reach the views that are left", async () => {
  const page = new Page();
  const [first, second] = [await page.show(), await page.show()];
  await page.clear(first);
  second.querySelector<HTMLElement>("button")?.click();
  expect(page.sent.map(({ kind }) => kind)).toEqual(["cancel_job"]);
  expect(page.listeners.filter(({ name }) => name === "msg:custom")).toHaveLength(1);
});

test("the last view takes every listener along, and a later view starts afresh", async () => {
  const page = new Page();
  for (const view of [await page.show(), await page.show()]) await page.clear(view);
  expect(page.listeners).toEqual([]);
  const again = await page.show();
  await page.change(job({ title: "Ribosome", message: "slice 9" }));
  expect(shown(again)).toBe("slice 9");
});
