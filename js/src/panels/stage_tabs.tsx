// The stages of the work, as tabs at the top of the window.
import type { JSX } from "preact";
import type { Stage, Stages } from "../state/workbench";

const NAMES: Record<Stage, string> = {
  annotate: "Annotate",
  models: "Models",
  export: "Export",
  render: "Render",
};

export function StageTabs({ stages: { all, current } }: { stages: Stages }): JSX.Element | null {
  if (all.length < 2) return null;
  const choose = (by: number) => {
    const at = all.indexOf(current.peek()) + by;
    current.value = all[(at + all.length) % all.length];
  };
  return (
    <div
      class="ais-tabs"
      role="tablist"
      aria-label="Stage"
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        event.stopPropagation();
        choose(by);
        const tabs = event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]");
        tabs[all.indexOf(current.peek())].focus();
      }}
    >
      {all.map((stage) => (
        <button
          type="button"
          role="tab"
          key={stage}
          class="ais-tab"
          aria-selected={current.value === stage}
          tabIndex={current.value === stage ? 0 : -1}
          onClick={() => {
            current.value = stage;
          }}
        >
          {NAMES[stage]}
        </button>
      ))}
    </div>
  );
}
