// The tools at the left edge.
import type { JSX } from "preact";
import type { ToolName } from "../state/tool_state";
import type { Viewer } from "../state/viewer";
import { Icon, type IconName } from "./icons";

const TOOLS: { tool: ToolName; name: string; icon: IconName; hint: string }[] = [
  {
    tool: "navigate",
    name: "Move",
    icon: "navigate",
    hint: "Move the picture; click to set the shared cursor (V)",
  },
  { tool: "brush", name: "Brush", icon: "brush", hint: "Brush (B); right button erases" },
  { tool: "erase", name: "Erase", icon: "erase", hint: "Erase (E)" },
  {
    tool: "flood",
    name: "Flood",
    icon: "flood",
    hint: "Flood: connected pixels of similar grey inside the brush (F)",
  },
  { tool: "lasso", name: "Lasso", icon: "lasso", hint: "Lasso: fill an outline (L); right button clears" },
  {
    tool: "box",
    name: "Box",
    icon: "box",
    hint: "Box (shift with any tool); right button removes the nearest",
  },
];

export function ToolRail({ viewer }: { viewer: Viewer }): JSX.Element {
  const { tool } = viewer.tools;
  const choose = (by: number) => {
    const at = TOOLS.findIndex((entry) => entry.tool === tool.value);
    tool.value = TOOLS[(at + by + TOOLS.length) % TOOLS.length].tool;
  };
  return (
    <div
      class="ais-rail"
      role="radiogroup"
      aria-label="Tool"
      onKeyDown={(event) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        event.stopPropagation();
        choose(by);
      }}
    >
      {TOOLS.map((entry) => (
        <button
          type="button"
          key={entry.tool}
          role="radio"
          class="ais-tool"
          aria-checked={tool.value === entry.tool}
          aria-label={entry.name}
          title={entry.hint}
          tabIndex={tool.value === entry.tool ? 0 : -1}
          onClick={() => {
            tool.value = entry.tool;
          }}
        >
          <Icon name={entry.icon} />
          <span class="ais-tool-name">{entry.name}</span>
        </button>
      ))}
    </div>
  );
}
