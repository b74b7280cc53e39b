// What is said where no model finds anything.

import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { ModelState } from "../../src/state/model_set";
import { nothingAbove } from "../../src/state/nothing_above";
import type { Prediction } from "../../src/state/predictions";
import { model } from "./model_list";

function said(levels: Record<string, number>, models: ModelState[], copied: string[] = []): string {
  const layers = Object.entries(levels).map(([uid, level]) => ({
    model: uid,
    pixels: Uint8Array.of(0, level, 3),
    note: "",
  }));
  const prediction: Prediction = { tomogram: "t", z: 0, width: 3, height: 1, layers };
  const predictions = { shown: signal(prediction), copied: signal(new Set(copied)) };
  const known = { get: (uid: string) => models.find((one) => one.uid === uid) };
  return nothingAbove({ predictions, models: known } as never);
}

const state = (uid: string, change = {}) => new ModelState(model(uid, change));

test("one model: its threshold and how near it comes", () => {
  expect(said({ a: 79 }, [state("a")])).toBe("Nothing above 0.50, highest 0.31");
  expect(said({ a: 128 }, [state("a")])).toBe("");
  expect(said({ a: 0 }, [state("a", { threshold: 0.05 })])).toBe("Nothing above 0.05, highest 0.01");
});

test("it never says that the threshold is reached", () => {
  expect(said({ a: 127 }, [state("a", { threshold: 0.5 })])).toBe("Nothing above 0.50, highest 0.49");
  expect(said({ a: 255 }, [state("a", { threshold: 1 })])).toBe("Nothing above 1.00, highest 1.00");
});

test("several models are named, and one that finds something is enough", () => {
  const both = [state("a", { title: "Ribosome" }), state("b", { title: "Membrane", threshold: 0.2 })];
  expect(said({ a: 79, b: 26 }, both)).toBe(
    "Nothing above the thresholds; highest: Ribosome 0.31, Membrane 0.10",
  );
  expect(said({ a: 79, b: 60 }, both)).toBe("");
});

test("models that are hidden, idle or copied do not count", () => {
  expect(said({ a: 79 }, [state("a", { show: false })])).toBe("");
  expect(said({ a: 79 }, [state("a", { active: false })])).toBe("");
  expect(said({ a: 79 }, [state("a")], ["a"])).toBe("");
});
