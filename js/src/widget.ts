// The entry that anywidget calls. The kernel says which interface to show; views of one widget share its data.
import type { AnyModel, Initialize, Render } from "@anywidget/types";
import { openJob } from "./apps/job";
import { openWorkspace } from "./apps/workspace";
import type { App, OpenApp } from "./kernel/app";
import { connect, traitsOf } from "./kernel/kernel_link";
import "./styles/index.css";

const apps: Record<string, OpenApp> = { workspace: openWorkspace, job: openJob };

/** anywidget calls this once for each widget, then `initialize` once and `render` for each of its views. */
export default function widget(): { initialize: Initialize; render: Render<{ app: string }> } {
  // Each view has a model of its own, which stops listening when that view goes. What the views share therefore listens
  // to the model of the widget itself: any view may go first.
  let shared: AnyModel;
  let views = 0;
  let app: App | null = null;
  let disconnect = () => {};

  return {
    initialize({ model }) {
      shared = model;
    },
    render({ model, el }) {
      const open = apps[model.get("app")];
      if (!open) throw new Error(`unknown interface ${model.get("app")}`);
      if (!app) {
        const link = connect(shared);
        disconnect = () => link.close();
        app = open(link, traitsOf(shared));
      }
      views++;
      const leave = app.render(el);
      return () => {
        leave();
        views--;
        if (views > 0) return;
        app?.close();
        app = null;
        disconnect();
      };
    },
  };
}
