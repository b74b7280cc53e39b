// The entry that anywidget calls. The kernel says which interface to show; views of one widget share its data.
import type { AnyModel, Render } from "@anywidget/types";
import { renderWorkspace } from "./apps/workspace";
import { connect } from "./kernel/kernel_link";
import { type Stage, stagesOf, Workbench } from "./state/workbench";
import "./styles/index.css";

interface State {
  app: string;
  stages: Stage[];
  stage: Stage;
}

type App = (bench: Workbench, model: AnyModel<State>, element: HTMLElement) => () => void;

const apps: Record<string, App> = {
  workspace(bench, model, element) {
    const stages = stagesOf(model.get("stages"), model.get("stage"));
    const stop = stages.current.subscribe((stage) => {
      if (model.get("stage") === stage) return;
      model.set("stage", stage);
      model.save_changes();
    });
    const close = renderWorkspace(bench, stages, element);
    return () => {
      stop();
      close();
    };
  },
};

/** anywidget calls this once for each widget, then `render` for each of its views. */
export default function widget(): { render: Render<State> } {
  let views = 0;
  let shared: Workbench | null = null;

  function open(model: AnyModel): Workbench {
    if (!shared) {
      shared = new Workbench(connect(model));
      void shared.open();
    }
    views++;
    return shared;
  }

  function leave(): void {
    views--;
    if (views > 0) return;
    shared?.close();
    shared = null;
  }

  return {
    render({ model, el }) {
      const app = apps[model.get("app")];
      if (!app) throw new Error(`unknown interface ${model.get("app")}`);
      const close = app(open(model as AnyModel), model, el);
      return () => {
        close();
        leave();
      };
    },
  };
}
