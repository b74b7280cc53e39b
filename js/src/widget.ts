// The entry that anywidget calls. The kernel says which interface to show; views of one widget share its documents.
import type { AnyModel, Render } from "@anywidget/types";
import { renderAnnotator } from "./apps/annotator";
import { connect } from "./kernel/kernel_link";
import type { Link } from "./kernel/protocol";
import { DocumentSet } from "./state/document_set";
import "./styles/index.css";

type App = (documents: DocumentSet, element: HTMLElement) => () => void;

const apps: Record<string, App> = { annotator: renderAnnotator };

/** anywidget calls this once for each widget, then `render` for each of its views. */
export default function widget(): { render: Render<{ app: string }> } {
  let views = 0;
  let shared: { link: Link; documents: DocumentSet } | null = null;

  function open(model: AnyModel): DocumentSet {
    if (!shared) {
      const link = connect(model);
      const documents = new DocumentSet(link);
      shared = { link, documents };
      documents.open().catch((error: unknown) => {
        documents.error.value = String(error);
      });
    }
    views++;
    return shared.documents;
  }

  function leave(): void {
    views--;
    if (views > 0 || !shared) return;
    shared.documents.close();
    shared.link.close();
    shared = null;
  }

  return {
    render({ model, el }) {
      const app = apps[model.get("app")];
      if (!app) throw new Error(`unknown interface ${model.get("app")}`);
      const close = app(open(model as AnyModel), el);
      return () => {
        close();
        leave();
      };
    },
  };
}
