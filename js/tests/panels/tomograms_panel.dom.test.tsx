import { act, fireEvent, render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import { TomogramsPanel } from "../../src/panels/tomograms_panel";
import { HOSTILE, isHarmless, type Opened, opened } from "../helpers/opened";
import { tomogram } from "../helpers/samples";

function show({ bench, viewer, actions }: Opened) {
  return render(<TomogramsPanel tomograms={bench.tomograms} view={viewer} actions={actions} />);
}

function choose(label: string) {
  fireEvent.click(screen.getByRole("button", { name: "Tomogram menu" }));
  fireEvent.click(screen.getByRole("menuitem", { name: label }));
}

function enter(name: string, value: string) {
  const field = screen.getByRole("textbox", { name }) as HTMLInputElement;
  field.value = value;
  fireEvent.change(field);
  fireEvent.keyDown(field, { key: "Enter" });
}

test("each tomogram says its size and pixel, whether it is unsaved or missing, and how it is annotated", async () => {
  const window = await opened([
    tomogram("cell", { unsaved: true, colors: [[1, 0, 0], [0, 1, 0]] }), // biome-ignore format: colours
    tomogram("lost", { available: false, voxel_size: [0, 0, 0] }),
  ]);
  const { container } = show(window);
  expect(screen.getByText("Tomograms (2)")).toBeTruthy();
  const first = screen.getByRole("button", { name: "cell, unsaved" });
  expect(first.textContent).toContain("30 × 20 × 50 · 10 Å");
  expect(container.querySelectorAll(".ais-dot")).toHaveLength(2);
  expect(screen.getByRole("button", { name: "lost" }).textContent).toContain("file missing");
  expect(first.getAttribute("aria-current")).toBe("true");
});

test("a click shows a tomogram; only the one in view has the menu", async () => {
  const window = await opened([tomogram("a"), tomogram("b")]);
  show(window);
  fireEvent.click(screen.getByRole("button", { name: "b" }));
  expect(window.viewer.tomogram.value?.uid).toBe("b");
  expect(screen.getAllByRole("button", { name: "Tomogram menu" })).toHaveLength(1);
});

test("a path opens a tomogram, which is then shown; Escape withdraws the question", async () => {
  const window = await opened();
  show(window);
  fireEvent.click(screen.getByRole("button", { name: "Open a tomogram" }));
  enter("Path to open", "  /data/new.mrc ");
  expect(window.link.last("add").content).toEqual({ path: "/data/new.mrc" });
  await act(() => window.link.last("add").answer({ tomogram: "new" }));
  expect(window.viewer.wanted).toBe("new");
  fireEvent.click(screen.getByRole("button", { name: "Open a tomogram" }));
  fireEvent.keyDown(screen.getByRole("textbox", { name: "Path to open" }), { key: "Escape" });
  expect(screen.queryByRole("textbox", { name: "Path to open" })).toBeNull();
  expect(window.link.of("add")).toHaveLength(1);
});

test("the menu saves, relinks and sets the pixel size", async () => {
  const window = await opened([tomogram("cell")]);
  show(window);
  choose("Write to another file…");
  const field = screen.getByRole("textbox", { name: "Path to write to" }) as HTMLInputElement;
  expect(field.value).toBe("/data/cell.scns");
  enter("Path to write to", "/data/mine.scns");
  expect(window.link.last("save").content).toEqual({ tomogram: "cell", path: "/data/mine.scns" });
  choose("Relink…");
  enter("Path of the tomogram", "/moved/cell.mrc");
  expect(window.link.last("relink").content).toEqual({ tomogram: "cell", path: "/moved/cell.mrc" });
  choose("Set pixel size…");
  enter("Pixel size in Å", "13.5");
  expect(window.link.last("voxel_size").content).toEqual({ tomogram: "cell", value: 13.5 });
  choose("Set pixel size…");
  enter("Pixel size in Å", "wide");
  expect(window.link.last("voxel_size").content.value).toBe(0); // the kernel says what is wrong with it
});

test("writing to the file that it came from does not overwrite without a question", async () => {
  const window = await opened([tomogram("cell", { saved_to: "/data/cell.scns" })]);
  show(window);
  choose("Write to another file…");
  fireEvent.keyDown(screen.getByRole("textbox", { name: "Path to write to" }), { key: "Enter" });
  expect(window.link.last("save").content).toEqual({ tomogram: "cell", path: "/data/cell.scns" });
});

test("what is saved is closed at once; unsaved changes are asked about", async () => {
  const window = await opened([tomogram("cell")]);
  show(window);
  choose("Close tomogram");
  expect(window.link.last("close").content).toEqual({ tomogram: "cell" });
  act(() => window.link.tell("tomograms", { tomograms: [tomogram("cell", { unsaved: true })] }));
  choose("Close tomogram");
  expect(window.link.of("close")).toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: "Keep open" }));
  expect(screen.queryByRole("button", { name: "Discard them" })).toBeNull();
  choose("Close tomogram");
  fireEvent.click(screen.getByRole("button", { name: "Discard them" }));
  expect(window.link.last("close").content).toEqual({ tomogram: "cell", discard: true });
});

test("a path cannot be copied where there is none", async () => {
  const window = await opened([tomogram("memory", { path: "" })]);
  show(window);
  fireEvent.click(screen.getByRole("button", { name: "Tomogram menu" }));
  expect((screen.getByRole("menuitem", { name: "Copy path" }) as HTMLButtonElement).disabled).toBe(true);
});

test("a thumbnail is asked for once for each tomogram whose file is there", async () => {
  const window = await opened([tomogram("a"), tomogram("b", { available: false })]);
  show(window);
  expect(window.link.of("thumbnail").map(({ content }) => content.tomogram)).toEqual(["a"]);
  await act(() => window.link.last("thumbnail").answer({ width: 2, height: 1 }, new Uint8Array(2)));
});

test("names and paths stay text", async () => {
  const window = await opened([
    tomogram("x", { name: HOSTILE, path: HOSTILE, saved_to: HOSTILE, unsaved: true }),
  ]);
  const { container } = show(window);
  choose("Close tomogram");
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});
