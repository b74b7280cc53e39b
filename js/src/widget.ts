// The entry that anywidget calls. The kernel says which interface to show; views of one widget share its data.
import type { AnyModel, Render } from "@anywidget/types";
import { openJob } from "./apps/job";
import { openWorkspace } from "./apps/workspace";
import type { App, OpenApp } from "./kernel/app";
import { connect, traitsOf } from "./kernel/kernel_link";
import "./styles/index.css";

const apps: Record<string, OpenApp> = { workspace: openWorkspace, job: openJob };

/** anywidget calls this once for each widget, then `render` for each of its views. */
export default function widget(): { render: Render<{ app: string }> } {
  let views = 0;
  let app: App | null = null;
  let disconnect = () => {};

  return {
    render({ model, el }) {
      const open = apps[model.get("app")];
      if (!open) throw new Error(`unknown interface ${model.get("app")}`);
      if (!app) {
        const link = connect(model as AnyModel);
        disconnect = () => link.close();
        app = open(link, traitsOf(model as AnyModel));
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
