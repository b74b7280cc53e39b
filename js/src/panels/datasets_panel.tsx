// The open tomograms.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Actions } from "../state/actions";
import { toHex } from "../state/colors";
import type { DatasetState } from "../state/dataset";
import type { Viewer } from "../state/viewer";
import { IconButton, Menu, Section, TextField } from "./controls";

interface Props {
  viewer: Viewer;
  actions: Actions;
}

type Asking = "open" | "relink" | "pixel" | "save" | "discard" | null;

export function DatasetsPanel({ viewer, actions }: Props): JSX.Element {
  const { documents } = viewer;
  const [asking, setAsking] = useState<Asking>(null);
  const done = () => setAsking(null);
  const add = async (path: string) => {
    done();
    const answer = path ? await documents.ask<{ dataset: string }>("add", { path }) : null;
    if (answer) viewer.wanted = answer.content.dataset;
  };
  const dataset = viewer.dataset.value;
  const count = documents.datasets.value.length;
  const open = (
    <IconButton
      icon="add"
      name="Open a tomogram"
      onClick={() => setAsking(asking === "open" ? null : "open")}
    />
  );
  return (
    <Section title={count > 1 ? `Tomograms (${count})` : "Tomogram"} aside={open}>
      {asking === "open" && (
        <TextField
          focus
          name="Path to open"
          value=""
          placeholder="Path of a tomogram or .scns"
          onCommit={add}
        />
      )}
      <ul class="ais-list" aria-label="Tomograms">
        {documents.datasets.value.map((one) => (
          <Row key={one.uid} dataset={one} viewer={viewer} actions={actions} ask={setAsking} />
        ))}
      </ul>
      {dataset && asking === "relink" && (
        <TextField
          focus
          name="Path of the tomogram"
          value={dataset.info.value.path}
          onCommit={(path) => {
            done();
            void actions.ask("relink", { path });
          }}
        />
      )}
      {dataset && asking === "pixel" && (
        <TextField
          focus
          name="Pixel size in Å"
          value={String(dataset.info.value.voxelSize[2])}
          placeholder="Å per pixel"
          onCommit={(value) => {
            done();
            void actions.ask("voxel_size", { value: Number(value) });
          }}
        />
      )}
      {dataset && asking === "save" && (
        <TextField
          focus
          proposed
          name="Path to write to"
          value={dataset.info.value.savedTo ?? dataset.info.value.path.replace(/(\.[a-z]+)+$/i, ".scns")}
          onCommit={(path) => {
            done();
            if (path) void actions.save({ path, overwrite: path === dataset.info.value.savedTo });
          }}
        />
      )}
      {dataset && asking === "discard" && (
        <div class="ais-question">
          <span>“{dataset.info.value.name}” has unsaved changes.</span>
          <button
            type="button"
            class="ais-danger"
            onClick={() => {
              done();
              void actions.ask("close", { discard: true });
            }}
          >
            Discard them
          </button>
          <button type="button" onClick={done}>
            Keep open
          </button>
        </div>
      )}
    </Section>
  );
}

interface RowProps extends Props {
  dataset: DatasetState;
  ask(what: Asking): void;
}

function Row({ dataset, viewer, actions, ask }: RowProps): JSX.Element {
  const info = dataset.info.value;
  const active = viewer.dataset.value === dataset;
  const [depth, height, width] = info.shape;
  const pixel = info.voxelSize[2];
  const close = () => (info.unsaved ? ask("discard") : void actions.ask("close"));
  return (
    <li class={active ? "ais-row ais-active" : "ais-row"}>
      <button
        type="button"
        class="ais-row-main"
        aria-current={active}
        aria-label={`${info.name}${info.unsaved ? ", unsaved" : ""}`}
        title={info.path || info.name}
        onClick={() => viewer.show(dataset)}
      >
        <Thumbnail dataset={dataset} viewer={viewer} />
        <span class="ais-row-text">
          <span class="ais-row-title">
            {info.name}
            {info.unsaved && <span title="Unsaved changes"> *</span>}
          </span>
          <span class="ais-row-sub">
            {info.available ? `${width} × ${height} × ${depth}` : "file missing"}
            {pixel > 0 ? ` · ${Number(pixel.toFixed(2))} Å` : ""}
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

function Thumbnail({ dataset, viewer }: { dataset: DatasetState; viewer: Viewer }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { available } = dataset.info.value;
  useEffect(() => {
    if (!available) return;
    const question = { dataset: dataset.uid };
    void viewer.documents.link
      .request<{ width: number; height: number }>("thumbnail", question)
      .then(({ content: { width, height }, buffers: [view] }) => {
        const target = canvas.current;
        if (!target) return;
        target.width = width;
        target.height = height;
        const picture = new ImageData(width, height);
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const grey = view.getUint8((height - 1 - y) * width + x);
            picture.data.set([grey, grey, grey, 255], 4 * (y * width + x));
          }
        target.getContext("2d")!.putImageData(picture, 0, 0);
      })
      .catch(() => {
        // No thumbnail is no harm; opening the tomogram tells what is wrong.
      });
  }, [dataset.uid, available]);
  return <canvas ref={canvas} class="ais-thumbnail" width="64" height="64" aria-hidden="true" />;
}
