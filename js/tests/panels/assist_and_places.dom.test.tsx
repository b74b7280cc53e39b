// Help from a model: copying what it finds, and the places where it is least certain.
import { signal } from "@preact/signals";
import { act, fireEvent, render, screen } from "@testing-library/preact";
import { expect, test, vi } from "vitest";
import { AssistPanel } from "../../src/panels/assist_panel";
import { PlacesPanel } from "../../src/panels/places_panel";
import { goToPlace } from "../../src/state/places";
import { listing, model } from "../helpers/model_list";
import { feature, HOSTILE, isHarmless, opened } from "../helpers/opened";
import { job, tomogram } from "../helpers/samples";

async function show(...models: ReturnType<typeof model>[]) {
  const window = await opened([tomogram("cell")], [feature("f")]);
  window.link.tell("models", listing(...models));
  const { bench, viewer } = window;
  const target = {
    prediction: viewer.predictions.shown,
    feature: signal<string | undefined>(undefined),
    copy: vi.fn(),
  };
  const view = () => (
    <>
      <AssistPanel models={bench.models} target={target} />
      <PlacesPanel
        model={bench.models.selected.value}
        tomogram={viewer.tomogram.value}
        position={viewer.position}
        places={bench.places}
        onGo={(place) => goToPlace(viewer, place)}
      />
    </>
  );
  const { container } = render(view());
  return { ...window, target, container };
}

const button = (name: string | RegExp) => screen.getByRole("button", { name }) as HTMLButtonElement;

test("without a trained model there is neither", async () => {
  const { container } = await show(model("a", { compiled: false }));
  expect(container.textContent).toBe("");
});

test("of several trained models one is chosen to copy from", async () => {
  const { link, bench, target } = await show(model("a"), model("b"), model("c", { compiled: false }));
  const choice = screen.getByRole("combobox", { name: "Model to copy from" }) as HTMLSelectElement;
  expect([...choice.options].map((option) => option.text)).toEqual(["a", "b"]);
  choice.value = "b";
  fireEvent.change(choice);
  expect(link.last("model_select").content).toEqual({ model: "b" });
  expect(button("Copy to annotation").title).toContain("a new feature");
  expect(target.copy).not.toHaveBeenCalled();
  fireEvent.input(screen.getByRole("slider", { name: "Threshold" }), { target: { value: "0.8" } });
  expect(bench.models.get("b")?.values.value.threshold).toBe(0.8);
});

test("uncertain places are searched for the painted feature, shown as they come, and gone to", async () => {
  const { link, viewer } = await show(model("a"));
  expect(screen.getByText(/would teach the model most/)).toBeTruthy();
  fireEvent.click(button("Find"));
  expect(link.last("uncertain_find").content).toEqual({ tomogram: "cell", model: "a", feature: "f" });
  const searching = { tomogram: "cell", model: "a", places: [] };
  await act(() =>
    link.last("uncertain_find").answer({ ...searching, status: job({ title: "Least certain of a" }) }),
  );
  expect(button("Find").disabled).toBe(true);
  fireEvent.click(button("Cancel Least certain of a"));
  expect(link.of("uncertain_cancel")).toHaveLength(1);
  const places = [
    { z: 3, y: 4, x: 5, score: 0.9 },
    { z: 8, y: 1, x: 2, score: 0.45 },
  ];
  act(() => link.tell("uncertain", { ...searching, status: job({ state: "done" }), places }));
  fireEvent.click(button(/z 8/));
  expect(viewer.position.value).toEqual({ z: 8, y: 1, x: 2 });
  expect(viewer.camera.value).toEqual({ x: 2.5, y: 1.5, scale: 2 });
});

test("nothing left, and a search that failed", async () => {
  const { link } = await show(model("a"));
  const nothing = { tomogram: "cell", model: "a", places: [] };
  act(() => link.tell("uncertain", { ...nothing, status: job({ state: "done" }) }));
  expect(screen.getByText("Every uncertain place is annotated already.")).toBeTruthy();
  act(() => link.tell("uncertain", { ...nothing, status: job({ state: "failed", error: "out of memory" }) }));
  expect(screen.getByText("out of memory")).toBeTruthy();
});

test("titles stay text", async () => {
  const { container, target } = await show(model("a", { title: HOSTILE }), model("b", { title: HOSTILE }));
  act(() => {
    target.feature.value = HOSTILE;
  });
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});
