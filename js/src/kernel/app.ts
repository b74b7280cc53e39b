// What an interface of the bundle gets from the page, and what it is to the page.
import type { Link } from "./protocol";

/** Plain values that kernel and page share, also after the page is reloaded. */
export interface Traits {
  get<T>(name: string): T;
  set(name: string, value: unknown): void;
  /** Calls `handler` when the value changes; the result ends that. */
  watch(name: string, handler: () => void): () => void;
}

/** One widget: shown in any number of places, until none is left. */
export interface App {
  render(element: HTMLElement): () => void;
  close(): void;
}

export type OpenApp = (link: Link, traits: Traits) => App;
