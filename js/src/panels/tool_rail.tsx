// The tools at the left edge.
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { ToolName } from "../state/tool_state";
import type { Stage } from "../state/workbench";
import { Icon, type IconName } from "./icons";

interface Entry {
  tool: ToolName;
  name: string;
  icon: IconName;
  hint: string;
}

const TOOLS: Entry[] = [
  {
    tool: "navigate",
    name: "Move",
    icon: "navigate",
    hint: "Move the picture; a click moves the cross-sections there (V)",
  },
  { tool: "brush", name: "Brush", icon: "brush", hint: "Brush (B); the right button erases" },
  { tool: "erase", name: "Erase", icon: "erase", hint: "Erase (E)" },
  {
    tool: "flood",
    name: "Flood",
    icon: "flood",
    hint: "Flood: paint connected pixels of similar grey inside the brush (F)",
  },
  {
    tool: "lasso",
    name: "Lasso",
    icon: "lasso",
    hint: "Lasso: fill an outline (L); the right button clears it",
  },
  {
    tool: "box",
    name: "Box",
    icon: "box",
    hint: "Box (shift with any tool); the right button removes the nearest",
  },
  {
    tool: "region",
    name: "Region",
    icon: "region",
    hint: "Region: drag over the part to segment; a click selects the whole slice again",
  },
  {
    tool: "point",
    name: "Pick",
    icon: "pick",
    hint: "Pick: a click adds a particle; the right button removes the nearest",
  },
];

/** The tool of a stage where nothing is painted. */
const OWN: Partial<Record<Stage, ToolName>> = { export: "region", render: "point" };

/** Tools of a stage: beside that for looking, for export that for the region, for picks that for them. */
export function toolsOf(stage: Stage): readonly ToolName[] {
  return entriesOf(stage).map(({ tool }) => tool);
}

function entriesOf(stage: Stage): Entry[] {
  const own: ToolName | undefined = OWN[stage];
  if (own) return TOOLS.filter(({ tool }) => tool === "navigate" || tool === own);
  return TOOLS.filter(({ tool }) => !Object.values(OWN).includes(tool));
}

export function ToolRail({ tool, stage }: { tool: Signal<ToolName>; stage: Stage }): JSX.Element {
  const entries = entriesOf(stage);
  const choose = (by: number) => {
    const at = entries.findIndex((entry) => entry.tool === tool.value);
    tool.value = entries[(at + by + entries.length) % entries.length].tool;
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
      {entries.map((entry) => (
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
