// Particles: what is asked when sliders move, what the count and the notes say, and the tool on the picture.
import { act, fireEvent, render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import type { PickedList } from "../../src/kernel/generated/wire";
import { PickPanel } from "../../src/panels/pick_panel";
import { settled } from "../helpers/fake_link";
import { HOSTILE, isHarmless, opened } from "../helpers/opened";

const listed = (count: number, more: Partial<PickedList> = {}): PickedList => ({
  tomogram: "cell",
  count,
  title: "Ribosome",
  undo: count > 0 ? "Pick" : null,
  redo: null,
  note: "",
  proposed: "/data/cell__Ribosome_coords.star",
  ...more,
});
const bytes = (...places: number[]) => new Uint8Array(new Float32Array(places).buffer);
const slider = (name: string, value: number) =>
  act(
    async () =>
      void fireEvent.input(screen.getByRole("slider", { name }), { target: { value: String(value) } }),
  );
const click = (name: string) => act(async () => void fireEvent.click(screen.getByRole("button", { name })));

async function shown(titles = ["Ribosome"]) {
  const window = await opened();
  const { link, viewer } = window;
  const { container } = render(<PickPanel tomogram={viewer.tomogram.value} picks={viewer.picks} />);
  await act(async () => {
    await link.last("picks").answer(listed(0), bytes());
    const segmentations = titles.map((title) => ({ path: `/data/cell__${title}.mrc`, title }));
    await link.last("segmentations").answer({ segmentations });
  });
  return { ...window, container };
}

test("picking asks with the settings, and the count follows", async () => {
  const { link, viewer } = await shown();
  await slider("Threshold of picking", 90);
  expect(link.of("picks_find")).toHaveLength(0); // nothing has been picked yet
  await click("Pick");
  expect(link.last("picks_find").content).toMatchObject({
    tomogram: "cell",
    path: "/data/cell__Ribosome.mrc",
    threshold: 90,
    method: "centroids",
  });
  await act(() => link.last("picks_find").answer(listed(2), bytes(1, 2, 3, 4, 5, 6)));
  expect(screen.getByRole("status").textContent).toBe("2 particles");
  expect([...viewer.picks.of("cell")!.places]).toEqual([1, 2, 3, 4, 5, 6]);
});

test("each method has its own settings", async () => {
  const { link } = await shown();
  const method = screen.getByRole("combobox", { name: "Method" }) as HTMLSelectElement;
  expect(screen.queryByRole("slider", { name: "Spacing" })).toBeNull();
  method.value = "filaments";
  await act(async () => void fireEvent.change(method));
  await slider("Spacing", 80);
  await slider("Shortest length", 900);
  await click("Pick");
  expect(link.last("picks_find").content).toMatchObject({
    method: "filaments",
    spacing: 80,
    min_length: 900,
  });
});

test("while the kernel picks, only the latest place of a slider waits", async () => {
  const { link } = await shown();
  await click("Pick");
  await act(() => link.last("picks_find").answer(listed(1), bytes(1, 2, 3)));
  for (const level of [100, 110, 120, 130]) await slider("Threshold of picking", level);
  expect(link.of("picks_find")).toHaveLength(2);
  expect(link.last("picks_find").content.threshold).toBe(100);
  await act(() => link.last("picks_find").answer(listed(1), bytes(1, 2, 3)));
  expect(link.of("picks_find")).toHaveLength(3);
  expect(link.last("picks_find").content.threshold).toBe(130);
  await act(() => link.last("picks_find").answer(listed(1), bytes(1, 2, 3)));
  expect(link.of("picks_find")).toHaveLength(3);
});

test("a failure is told, and picking works afterwards", async () => {
  const { link, bench } = await shown();
  await click("Pick");
  await act(() => link.last("picks_find").refuse("the file is gone"));
  expect(JSON.stringify(bench.tomograms.problems.latest.value)).toContain("the file is gone");
  await click("Pick");
  expect(link.of("picks_find")).toHaveLength(2);
});

test("why there is nothing is said, as text", async () => {
  const { link, container } = await shown([HOSTILE]);
  await click("Pick");
  await act(() => link.last("picks_find").answer(listed(0, { note: `nothing exceeds ${HOSTILE}` }), bytes()));
  expect(container.textContent).toContain("nothing exceeds");
  expect(screen.queryByRole("button", { name: "Save coordinates" })).toBeNull();
  expect(isHarmless(container)).toBe(true);
});

test("without a segmentation it says where one would be found", async () => {
  await shown([]);
  expect(screen.getByText(/export one, or put it beside the tomogram/)).toBeTruthy();
  expect((screen.getByRole("button", { name: "Pick" }) as HTMLButtonElement).disabled).toBe(true);
});

test("coordinates are saved where the field says", async () => {
  const { link } = await shown();
  await click("Pick");
  await act(() => link.last("picks_find").answer(listed(1), bytes(1, 2, 3)));
  await click("Save coordinates");
  expect(link.last("picks_save").content).toEqual({
    tomogram: "cell",
    path: "/data/cell__Ribosome_coords.star",
  });
  await act(() => link.last("picks_save").answer({ path: "/data/cell__Ribosome_coords.star" }));
  expect(screen.getByText(/^Saved/)).toBeTruthy();
});

test("on the stage of picks undo takes back their steps, elsewhere those of the annotation", async () => {
  const { link, actions, viewer } = await shown();
  actions.undo();
  expect(link.of("picks_undo")).toHaveLength(0);
  viewer.picks.on.value = true;
  actions.undo();
  await settled();
  expect(link.last("picks_undo").content).toEqual({ tomogram: "cell" });
});
