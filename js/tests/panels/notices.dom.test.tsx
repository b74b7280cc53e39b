// Errors and what can be done about them, recovery, annotations beside a tomogram, a busy or lost kernel.
import { act, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { Notices, RecoveryBanner } from "../../src/panels/notices";
import { settled } from "../helpers/fake_link";
import { HOSTILE, isHarmless, type Opened, opened } from "../helpers/opened";
import { tomogram } from "../helpers/samples";

afterEach(() => {
  vi.useRealTimers();
});

function show({ viewer, bench }: Opened) {
  return render(
    <>
      <RecoveryBanner tomograms={bench.tomograms} />
      <Notices viewer={viewer} graphics="works" />
    </>,
  );
}

const recoverable = (name: string, annotations: string | null = null) => ({
  id: "/r/a.journal",
  tomogram: "a",
  name,
  time: 1.7e9,
  steps: 3,
  annotations,
  damage: "",
});

test("an error goes when what failed succeeds, and when it is dismissed", async () => {
  const window = await opened();
  show(window);
  const { ask } = window.bench.tomograms;
  const first = ask.call(window.bench.tomograms, "add", { path: "/wrong" });
  await act(() => window.link.last("add").refuse("no such file"));
  expect(await first).toBeNull();
  expect(screen.getByRole("alert").textContent).toContain("no such file");
  void window.bench.tomograms.ask("add", { path: "/right" });
  await act(() => window.link.last("add").answer({ tomogram: "b" }));
  expect(screen.queryByRole("alert")).toBeNull();
  void window.bench.tomograms.ask("relink", { tomogram: "cell", path: "/x" });
  await act(() => window.link.last("relink").refuse("another shape"));
  void window.bench.tomograms.ask("display", { tomogram: "cell" });
  await act(() => window.link.last("display").answer({}));
  expect(screen.getByRole("alert").textContent).toContain("another shape"); // that it was shown solves nothing
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a save that another kernel's change forbids is made after confirmation only", async () => {
  const window = await opened([tomogram("cell", { saved_to: "/data/cell.scns", unsaved: true })]);
  show(window);
  const saved = window.actions.save();
  expect(window.link.last("save").content).toEqual({ tomogram: "cell", path: null });
  await act(() => window.link.last("save").refuse("another program has changed cell.scns", "overwrite"));
  expect(window.link.of("save")).toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: "Overwrite" }));
  await act(settled);
  expect(window.link.last("save").content).toEqual({ tomogram: "cell", path: null, overwrite: true });
  const info = tomogram("cell", { saved_to: "/data/cell.scns" });
  await act(() => window.link.last("save").answer({ path: "/data/cell.scns", info }));
  expect(await saved).toBe(true);
  expect(screen.queryByRole("alert")).toBeNull();
});

test("dismissing what is offered does nothing", async () => {
  const window = await opened();
  show(window);
  const saved = window.actions.save("/data/other.scns");
  await act(() => window.link.last("save").refuse("other.scns already exists", "overwrite"));
  fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(await saved).toBe(false);
  expect(window.link.of("save")).toHaveLength(1);
});

test("unsaved changes can be discarded where the kernel asks for it", async () => {
  const window = await opened();
  show(window);
  void window.bench.tomograms.ask("close", { tomogram: "cell" });
  await act(() => window.link.last("close").refuse("'cell' has unsaved changes", "discard"));
  fireEvent.click(screen.getByRole("button", { name: "Discard the changes" }));
  await act(settled);
  expect(window.link.last("close").content).toEqual({ tomogram: "cell", discard: true });
});

test("annotations beside a tomogram are opened in its place, and shown", async () => {
  const window = await opened([tomogram("cell", { beside: "/data/cell.scns" })]);
  show(window);
  expect(screen.getByRole("status").textContent).toContain("cell.scns");
  fireEvent.click(screen.getByRole("button", { name: "Open them" }));
  await act(() => window.link.last("open_beside").answer({ tomogram: "new" }));
  expect(window.viewer.wanted).toBe("new");
});

test("recovery and annotations beside are one offer", async () => {
  const window = await opened([tomogram("cell", { beside: "/data/cell.scns" })]);
  window.bench.tomograms.recoverable.value = [recoverable("cell", "/data/cell.scns")];
  show(window);
  expect(screen.queryByRole("button", { name: "Open them" })).toBeNull();
  expect(screen.getByRole("status").textContent).toContain("includes what is saved in cell.scns");
  fireEvent.click(screen.getByRole("button", { name: "Recover" }));
  expect(window.link.last("recover").content).toEqual({ recovery: "/r/a.journal", discard: false });
  await act(() => window.link.last("recover").answer({ recoverable: [], note: "" }));
  expect(screen.getByRole("button", { name: "Open them" })).toBeTruthy(); // still there, had it not been included
});

test("unsaved work can be discarded, and older work is counted", async () => {
  const window = await opened();
  window.bench.tomograms.recoverable.value = [recoverable("cell"), recoverable("cell")];
  show(window);
  expect(screen.getByRole("status").textContent).toMatch(/3 steps.*and 1 older/);
  fireEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(window.link.last("recover").content.discard).toBe(true);
});

test("changes that this browser keeps are counted with the unsaved work that they belong to", async () => {
  const window = await opened();
  window.bench.tomograms.recoverable.value = [recoverable("cell")];
  window.bench.tomograms.revival.withRecovery.value = { a: 2 };
  show(window);
  expect(screen.getByRole("status").textContent).toContain("(3 steps and 2 changes kept in this browser)");
});

test("without storage in the browser a lost kernel promises nothing", async () => {
  const window = await opened();
  const { rerender } = show(window);
  act(() => window.link.alive(false));
  rerender(<Notices viewer={window.viewer} graphics="works" />);
  expect(screen.getByRole("alert").textContent).toContain("what is painted here from now on is lost");
  act(() => {
    window.bench.tomograms.keeper.works.value = true;
  });
  expect(screen.getByRole("alert").textContent).toContain("with all that is painted here until then.");
});

test("a missing file, a failed autosave, a lost kernel and missing graphics are said", async () => {
  const window = await opened([tomogram("cell", { available: false, autosave_error: "the disk is full" })]);
  const { rerender } = show(window);
  act(() => window.link.alive(false));
  rerender(<Notices viewer={window.viewer} graphics="missing" />);
  const said = screen.getAllByRole("alert").map((alert) => alert.textContent);
  expect(said.some((text) => text?.includes("WebGL 2"))).toBe(true);
  expect(said.some((text) => text?.includes("The kernel is gone"))).toBe(true);
  expect(said.some((text) => text?.includes("cannot be found"))).toBe(true);
  expect(said.some((text) => text?.includes("the disk is full"))).toBe(true);
});

test("a kernel that does not answer is called busy", async () => {
  const window = await opened();
  vi.useFakeTimers();
  show(window);
  window.link.waits = 2000;
  window.bench.tomograms.outbox.pending.value = 2;
  act(() => void vi.advanceTimersByTime(600));
  expect(screen.getByText(/The kernel is busy; 2 changes waiting/)).toBeTruthy();
});

test("names and errors stay text", async () => {
  const window = await opened([tomogram("cell", { beside: `/data/${HOSTILE}`, autosave_error: HOSTILE })]);
  window.bench.tomograms.recoverable.value = [recoverable(HOSTILE, HOSTILE)];
  const { container } = show(window);
  await act(() => void window.bench.tomograms.problems.report("add", new Error(HOSTILE)));
  expect(container.textContent).toContain(HOSTILE);
  expect(isHarmless(container)).toBe(true);
});
