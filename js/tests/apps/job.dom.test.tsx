// A job in the output of a cell follows its trait and can be stopped.
import { act, fireEvent, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import { openJob } from "../../src/apps/job";
import type { JobStatus } from "../../src/kernel/generated/wire";
import { FakeLink } from "../helpers/fake_link";
import { HOSTILE, isHarmless } from "../helpers/opened";
import { job } from "../helpers/samples";

test("a job shows how far it is, is cancelled, and says how it ended", async () => {
  const link = new FakeLink();
  let status: JobStatus = job({ title: "Ribosome", time_left: null });
  let changed = () => {};
  const traits = {
    get: <T,>() => status as T,
    set: () => {},
    watch: (_: string, handler: () => void) => {
      changed = handler;
      return () => {};
    },
  };
  const app = openJob(link, traits);
  const element = document.body.appendChild(document.createElement("div"));
  await act(async () => void app.render(element));
  const bar = screen.getByRole("progressbar", { name: "Ribosome" });
  expect(bar.getAttribute("aria-valuenow")).toBe("25");
  expect(screen.getByText("1 min 5 s")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Cancel Ribosome" }));
  expect(link.of("cancel_job")).toHaveLength(1);
  await act(() => link.last("cancel_job").refuse("the kernel is gone")); // there is no job then
  for (const [change, time, message] of [
    [{ state: "cancelled", elapsed: 7300 }, "cancelled after 2 h 1 min", "stopped"],
    [{ state: "done", elapsed: 8, message: "20 slices" }, "done in 8 s", "20 slices"],
    [{ state: "failed", error: HOSTILE }, "failed after 1 min 5 s", HOSTILE],
  ] as const) {
    status = job({ title: "Ribosome", ...change });
    await act(async () => changed());
    expect(element.querySelector(".ais-job-time")?.textContent).toBe(time);
    expect(element.querySelector(".ais-job-message")?.textContent).toBe(message);
  }
  expect(screen.queryByRole("button", { name: "Cancel Ribosome" })).toBeNull();
  expect(isHarmless(element)).toBe(true);
  app.close();
});
