// The export stage: what is chosen, the queue, the part to segment, and the scores.
import { act, fireEvent, render, screen, within } from "@testing-library/preact";
import { expect, test } from "vitest";
import type { ExportInfo, Result, TomogramInfo } from "../../src/kernel/generated/wire";
import { ExportList } from "../../src/panels/export_list";
import { ExportPanel } from "../../src/panels/export_panel";
import { RegionFields } from "../../src/panels/region_fields";
import { ScoresPanel } from "../../src/panels/scores_panel";
import { ExportPlan } from "../../src/state/export_plan";
import { listing, model } from "../helpers/model_list";
import { HOSTILE, isHarmless, opened } from "../helpers/opened";
import { exported, job, scores, tomogram } from "../helpers/samples";

async function show(infos: TomogramInfo[] = [tomogram("cell")], entries: ExportInfo[] = []) {
  const window = await opened(infos);
  const { bench, viewer, link, actions } = window;
  link.tell(
    "models",
    listing(model("a", { title: "Ribosome" }), model("b", { title: "New", compiled: false })),
  );
  bench.exports.folder.value = "/data/segmented";
  bench.exports.entries.value = entries;
  const plan = new ExportPlan();
  const { container } = render(
    <>
      <ExportPanel
        models={bench.models.models.value}
        tomograms={bench.tomograms.all.value}
        plan={plan}
        queue={bench.exports}
      />
      <RegionFields
        tomogram={viewer.tomogram.value}
        among={infos.length > 1}
        onChange={(part) => actions.setRegion(part)}
      />
      <ExportList
        queue={bench.exports}
        results={{
          hidden: viewer.results.hidden,
          toggle: (path) => viewer.results.toggle(path),
          colorOf: (title) => (title === "Ribosome" ? [1, 0, 0] : null),
        }}
      />
      <ScoresPanel
        tomogram={viewer.tomogram.value}
        plan={plan}
        queue={bench.exports}
        thresholdOf={(title) => (title === "Ribosome" ? 0.7 : undefined)}
      />
    </>,
  );
  return { ...window, plan, container };
}

const button = (name: string) => screen.getByRole("button", { name }) as HTMLButtonElement;
const tick = (group: string, name: RegExp) =>
  within(screen.getByRole("group", { name: group })).getByRole("checkbox", { name }) as HTMLInputElement;

function fill(name: string, value: string) {
  const field = screen.getByLabelText(name) as HTMLInputElement;
  field.value = value;
  fireEvent.change(field);
}

test("everything that can take part does: trained models, tomograms whose file is there", async () => {
  const { link } = await show([tomogram("a"), tomogram("b"), tomogram("lost", { available: false })]);
  expect(tick("Models to apply", /New/).disabled).toBe(true);
  expect(tick("Tomograms to segment", /lost/).disabled).toBe(true);
  fireEvent.click(button("Export"));
  expect(link.last("export").content).toEqual({
    models: ["a"],
    tomograms: ["a", "b"],
    files: "",
    folder: "/data/segmented",
    overwrite: false,
    tta: 1,
    tiled: false,
    overlap: 0.2,
    trim_edges: false,
    sigma: 0,
  });
});

test("what is left out, more files, another folder and the options go along", async () => {
  const { link } = await show([tomogram("a"), tomogram("b")]);
  fireEvent.click(tick("Tomograms to segment", /^a/));
  fill("More tomograms", "/data/*.mrc");
  fill("Output folder", "/out");
  fireEvent.click(screen.getByRole("checkbox", { name: "Overwrite existing results" }));
  fireEvent.input(screen.getByRole("slider", { name: "Test-time augmentation" }), { target: { value: "4" } });
  fireEvent.click(screen.getByRole("checkbox", { name: "In tiles" }));
  fireEvent.input(screen.getByRole("slider", { name: "Overlap of tiles" }), { target: { value: "0.5" } });
  fireEvent.click(screen.getByRole("checkbox", { name: "Trim edges" }));
  fill("Gaussian blur of the result in Å", "20");
  fireEvent.click(button("Export"));
  expect(link.last("export").content).toMatchObject({
    tomograms: ["b"],
    files: "/data/*.mrc",
    folder: "/out",
    overwrite: true,
    tta: 4,
    tiled: true,
    overlap: 0.5,
    trim_edges: true,
    sigma: 20,
  });
  await act(() => link.last("export").refuse("no files found"));
  expect(screen.getByRole("alert").textContent).toBe("no files found");
});

test("All chooses and leaves out every tomogram; without any there is nothing to export", async () => {
  await show([tomogram("a"), tomogram("b")]);
  const all = tick("Tomograms to segment", /All/);
  fireEvent.click(all);
  expect(tick("Tomograms to segment", /^b/).checked).toBe(false);
  expect(button("Export").disabled).toBe(true);
  fireEvent.click(all);
  expect(button("Export").disabled).toBe(false);
  fireEvent.click(tick("Models to apply", /Ribosome/));
  expect(button("Export").disabled).toBe(true);
});

test("the part to segment is set by slices, within the volume, and given back", async () => {
  const { link, viewer } = await show([tomogram("cell", { region: [2, 12, 4, 20], z_range: [5, 40] })]);
  const asked = () => link.last("region").content;
  expect((screen.getByLabelText("Last slice") as HTMLInputElement).value).toBe("39");
  fill("First slice", "7.4");
  expect(asked()).toEqual({ tomogram: "cell", z_range: [7, 40] });
  fill("Last slice", "999");
  expect(asked()).toEqual({ tomogram: "cell", z_range: [5, 50] });
  expect(screen.getByText("16 × 10 px at 4, 2")).toBeTruthy();
  fireEvent.click(button("Whole slices"));
  expect(asked()).toEqual({ tomogram: "cell", region: null });
  expect(viewer.tomogram.value?.cropped).toBe(true); // until the kernel says otherwise
});

test("the queue shows what each entry is doing, and cancels, retries and clears", async () => {
  const entries = [
    exported("one", { status: job({ title: "one" }) }),
    exported("two", { status: job({ title: "two", state: "failed", error: "the disk is full" }) }),
    exported("three", {
      status: job({ title: "three", state: "skipped" }),
      notes: ["the slices were rescaled"],
    }),
    exported("four", { status: job({ title: "four", state: "claimed", elapsed: 0 }) }),
  ];
  const { link, bench } = await show(undefined, entries);
  expect(screen.getByText("Queue (3 of 4)")).toBeTruthy();
  expect(screen.getByRole("progressbar", { name: "one" }).getAttribute("aria-valuetext")).toBe(
    "25 %, running",
  );
  expect(screen.getByText("3 min 20 s left")).toBeTruthy();
  expect(screen.getByText("the disk is full")).toBeTruthy();
  expect(screen.getByText("the results already exist")).toBeTruthy();
  expect(screen.getByText("another program is working on it")).toBeTruthy();
  expect(screen.getByText("the slices were rescaled")).toBeTruthy();
  fireEvent.click(button("Cancel one"));
  expect(link.last("export_cancel").content).toEqual({ export: "one" });
  fireEvent.click(button("Cancel all"));
  expect(link.last("export_cancel").content).toEqual({ export: null });
  fireEvent.click(screen.getAllByRole("button", { name: "Retry" })[0]);
  expect(link.last("export_retry").content).toEqual({ export: "two", overwrite: false });
  fireEvent.click(button("Again"));
  expect(link.last("export_retry").content).toEqual({ export: "three", overwrite: true });
  act(() => {
    bench.exports.entries.value = entries.slice(1);
  });
  fireEvent.click(button("Clear list"));
  expect(link.of("export_clear")).toHaveLength(1);
});

test("results are named, scored, and hidden from the picture", async () => {
  const outputs = [{ path: "/out/cell__Ribosome.mrc", title: "Ribosome", scores: scores() }];
  const done = exported("cell", { tomogram: "cell", status: job({ state: "done" }), outputs });
  const { viewer } = await show(undefined, [done]);
  expect(screen.getByText("cell__Ribosome.mrc")).toBeTruthy();
  expect(screen.getByText("Dice 0.813")).toBeTruthy();
  fireEvent.click(button("Hide result Ribosome"));
  expect([...viewer.results.hidden.value]).toEqual(["/out/cell__Ribosome.mrc"]);
  fireEvent.click(button("Show result Ribosome"));
  expect(viewer.results.hidden.value.size).toBe(0);
});

const result = (title: string, change: Partial<Result> = {}): Result => ({
  path: `/out/cell__${title}.mrc`,
  title,
  scores: null,
  ...change,
});
const finished = (...outputs: Result[]) =>
  exported("cell", { tomogram: "cell", status: job({ state: "done" }), outputs });

test("results are compared with the truth at the model's threshold, on slices that were not annotated", async () => {
  const { link } = await show(undefined, [finished(result("Ribosome"))]);
  expect(button("Compare with truth").disabled).toBe(true);
  fill("Truth for Ribosome", "/data/truth.mrc");
  fireEvent.click(button("Compare with truth"));
  expect(link.last("score").content).toEqual({
    path: "/out/cell__Ribosome.mrc",
    truth: "/data/truth.mrc",
    threshold: 0.7,
    ignore: [],
  });
});

test("each model has a truth of its own, and is not compared without one", async () => {
  const { link, plan } = await show(undefined, [finished(result("Ribosome"), result("Membrane"))]);
  fill("Truth for Ribosome", "/data/ribosomes.mrc");
  fireEvent.click(button("Compare with truth"));
  await act(() => link.last("score").answer(scores()));
  expect(link.of("score").map(({ content }) => [content.path, content.truth])).toEqual([
    ["/out/cell__Ribosome.mrc", "/data/ribosomes.mrc"],
  ]);
  expect([...plan.truths.value.keys()]).toEqual(["/out/cell__Ribosome.mrc"]);
  expect((screen.getByLabelText("Truth for Membrane") as HTMLInputElement).value).toBe("");
});

test("scores say on what they were computed", async () => {
  const region: [number, number, number, number] = [4, 20, 8, 30];
  await show(undefined, [
    finished(result("Ribosome", { scores: scores() }), result("Membrane", { scores: scores({ region }) })),
  ]);
  const figure = (title: string) => within(screen.getByRole("figure", { name: `Scores of ${title}` }));
  const rows = figure("Ribosome").getAllByRole("row");
  expect(rows[1].textContent).toBe("above 0.500.8130.6840.900–");
  expect(rows[2].textContent).toBe("best, 0.400.830");
  expect(figure("Ribosome").getByText("12 slices compared: 66–77, with truth.mrc")).toBeTruthy();
  expect(figure("Membrane").getByText(/66–77, 22 × 16 px of each, with/)).toBeTruthy();
  const field = screen.getByLabelText("Truth for Ribosome") as HTMLInputElement;
  expect(field.value).toBe("/data/truth.mrc"); // also after the page was reloaded
});

test("where several tomograms are open, the panel says whose part is chosen and which part of each is segmented", async () => {
  await show([tomogram("cell", { z_range: [5, 40], region: [2, 12, 4, 20] }), tomogram("other")]);
  expect(screen.getByText(/Of “cell” alone/)).toBeTruthy();
  expect(tick("Tomograms to segment", /^cell/).closest("label")?.textContent).toBe(
    "cellslices 5–39, a region",
  );
  expect(tick("Tomograms to segment", /^other/).closest("label")?.textContent).toBe("other");
});

test("an export that fails outright says so in the panel", async () => {
  const { link } = await show();
  fireEvent.click(button("Export"));
  await act(() => link.last("export").refuse(HOSTILE));
  expect(screen.getByRole("alert").textContent).toBe(HOSTILE);
});

test("names, paths and notes stay text", async () => {
  const outputs = [{ path: `/out/${HOSTILE}`, title: HOSTILE, scores: scores({ truth: HOSTILE }) }];
  const status = job({ title: HOSTILE, state: "failed", error: HOSTILE });
  const entry = exported("x", { tomogram: "cell", name: HOSTILE, status, notes: [HOSTILE], outputs });
  const { container } = await show([tomogram("cell", { name: HOSTILE })], [entry]);
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});
