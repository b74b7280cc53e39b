// Each stage has its own tools. A tool that a stage lacks is put away while that stage is shown, and comes back afterwards.
import { toolsOf } from "../panels/tool_rail";
import type { ToolName } from "../state/tool_state";
import type { Viewer } from "../state/viewer";
import type { Stage } from "../state/workbench";

export class StageFollower {
  private putDown: ToolName | null = null;

  constructor(private viewer: Pick<Viewer, "results" | "picks" | "tools">) {}

  enter(stage: Stage): void {
    const { results, picks, tools } = this.viewer;
    picks.on.value = stage === "render";
    results.on.value = stage === "export"; // results lie over the picture where they are made
    const known = toolsOf(stage);
    tools.available.value = known;
    const held = tools.tool.peek();
    if (this.putDown && known.includes(this.putDown)) {
      tools.tool.value = this.putDown;
      this.putDown = null;
    } else if (!known.includes(held)) {
      if (held !== "region" && held !== "point") this.putDown = held;
      tools.tool.value = known.includes("brush") ? "brush" : "navigate";
    }
  }
}
