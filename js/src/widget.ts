// The entry that anywidget calls. The kernel says which interface to show.
import type { AnyModel, Render } from "@anywidget/types";
import { renderAnnotator } from "./apps/annotator";
import { connect } from "./kernel/kernel_link";
import type { Link } from "./kernel/protocol";
import "./widget.css";

type App = (link: Link, element: HTMLElement) => () => void;

const apps: Record<string, App> = { annotator: renderAnnotator };

const render: Render<{ app: string }> = ({ model, el }) => {
  const app = apps[model.get("app")];
  if (!app) throw new Error(`unknown interface ${model.get("app")}`);
  const link = connect(model as AnyModel);
  const close = app(link, el);
  return () => {
    close();
    link.close();
  };
};

export default { render };
