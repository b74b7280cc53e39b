// The open tomograms: which is in view; open, save, relink, close.
import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Actions } from "../state/actions";
import { toHex } from "../state/colors";
import type { TomogramState } from "../state/tomogram";
import type { TomogramSet } from "../state/tomogram_set";
import { IconButton, Section } from "./controls";
import { TextField } from "./fields";
import { Menu } from "./menu";
import { Thumbnail } from "./thumbnail";

/** The view of the tomograms. */
export interface TomogramsView {
  tomogram: ReadonlySignal<TomogramState | undefined>;
  show(tomogram: TomogramState): void;
  /** uid of a tomogram to show as soon as it is in the list. */
  wanted: string | null;
}

interface Props {
  tomograms: Pick<TomogramSet, "all" | "ask" | "link">;
  view: TomogramsView;
  actions: Pick<Actions, "save">;
}

type Question = "relink" | "pixel" | "save" | "discard";

export function TomogramsPanel({ tomograms, view, actions }: Props): JSX.Element {
  const [opening, setOpening] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const all = tomograms.all.value;
  const tomogram = view.tomogram.value;
  const open = async (path: string) => {
    setOpening(false);
    const answer = path ? await tomograms.ask("add", { path }) : null;
    if (answer) view.wanted = answer.content.tomogram;
  };
  const toggle = <IconButton icon="add" name="Open a tomogram" onClick={() => setOpening(!opening)} />;
  return (
    <Section title={all.length > 1 ? `Tomograms (${all.length})` : "Tomogram"} aside={toggle}>
      {opening && (
        <TextField
          focus
          name="Path to open"
          value=""
          placeholder="Path of a tomogram or .scns"
          onCommit={open}
          onCancel={() => setOpening(false)}
        />
      )}
      <ul class="ais-list" aria-label="Tomograms">
        {all.map((one) => (
          <Row key={one.uid} tomogram={one} tomograms={tomograms} view={view} ask={setQuestion} />
        ))}
      </ul>
      {tomogram && question && (
        <QuestionField
          key={`${question}${tomogram.uid}`}
          what={question}
          tomogram={tomogram}
          ask={tomograms.ask.bind(tomograms)}
          save={(path) => void actions.save(path)}
          done={() => setQuestion(null)}
        />
      )}
    </Section>
  );
}

interface QuestionProps {
  what: Question;
  tomogram: TomogramState;
  ask: TomogramSet["ask"];
  save(path: string): void;
  done(): void;
}

function QuestionField({ what, tomogram, ask, save, done }: QuestionProps): JSX.Element {
  const { uid } = tomogram;
  const info = tomogram.info.value;
  if (what === "relink")
    return (
      <TextField
        focus
        name="Path of the tomogram"
        value={info.path}
        onCancel={done}
        onCommit={(path) => {
          done();
          void ask("relink", { tomogram: uid, path });
        }}
      />
    );
  if (what === "pixel")
    return (
      <TextField
        focus
        name="Pixel size in Å"
        value={String(info.voxel_size[2])}
        placeholder="Å per pixel"
        onCancel={done}
        onCommit={(value) => {
          done();
          void ask("voxel_size", { tomogram: uid, value: Number(value) || 0 });
        }}
      />
    );
  if (what === "save")
    return (
      <TextField
        focus
        proposed
        name="Path to write to"
        value={info.saved_to ?? info.path.replace(/(\.[a-z]+)+$/i, ".scns")}
        onCancel={done}
        onCommit={(path) => {
          done();
          if (path) save(path);
        }}
      />
    );
  return (
    <div class="ais-question">
      <span>“{info.name}” has unsaved changes.</span>
      <span class="ais-answers">
        <button
          type="button"
          class="ais-danger"
          onClick={() => {
            done();
            void ask("close", { tomogram: uid, discard: true });
          }}
        >
          Discard them
        </button>
        <button type="button" onClick={done}>
          Keep open
        </button>
      </span>
    </div>
  );
}

interface RowProps extends Pick<Props, "tomograms" | "view"> {
  tomogram: TomogramState;
  ask(what: Question): void;
}

function Row({ tomogram, tomograms, view, ask }: RowProps): JSX.Element {
  const info = tomogram.info.value;
  const active = view.tomogram.value === tomogram;
  const [depth, height, width] = info.shape;
  const pixel = info.voxel_size[2];
  const close = () =>
    info.unsaved ? ask("discard") : void tomograms.ask("close", { tomogram: tomogram.uid });
  return (
    <li class={active ? "ais-row ais-active" : "ais-row"}>
      <button
        type="button"
        class="ais-row-main"
        aria-current={active}
        aria-label={`${info.name}${info.unsaved ? ", unsaved" : ""}`}
        title={info.path || info.name}
        onClick={() => view.show(tomogram)}
      >
        <Thumbnail tomogram={tomogram} link={tomograms.link} />
        <span class="ais-row-text">
          <span class="ais-row-title">
            {info.name}
            {info.unsaved && <span title="Unsaved changes"> *</span>}
          </span>
          <span class="ais-row-sub">
            <span>
              {info.available ? `${width} × ${height} × ${depth}` : "file missing"}
              {pixel > 0 ? ` · ${Number(pixel.toFixed(2))} Å` : ""}
            </span>
            {info.colors.map((color, i) => (
              <i key={`${i}${toHex(color)}`} class="ais-dot" style={{ background: toHex(color) }} />
            ))}
          </span>
        </span>
      </button>
      {active && (
        <Menu
          name="Tomogram menu"
          items={[
            { label: "Write to another file…", onClick: () => ask("save") },
            { label: "Set pixel size…", onClick: () => ask("pixel") },
            { label: "Relink…", onClick: () => ask("relink") },
            {
              label: "Copy path",
              onClick: () => void navigator.clipboard?.writeText(info.path),
              disabled: !info.path,
            },
            { label: "Close tomogram", onClick: close, danger: info.unsaved },
          ]}
        />
      )}
    </li>
  );
}
