// The open tomograms.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Actions } from "../state/actions";
import { toHex } from "../state/colors";
import type { TomogramState } from "../state/tomogram";
import type { Viewer } from "../state/viewer";
import { IconButton, Menu, Section, TextField } from "./controls";

interface Props {
  viewer: Viewer;
  actions: Actions;
}

type Asking = "open" | "relink" | "pixel" | "save" | "discard" | null;

export function TomogramsPanel({ viewer, actions }: Props): JSX.Element {
  const { tomograms } = viewer;
  const [asking, setAsking] = useState<Asking>(null);
  const done = () => setAsking(null);
  const add = async (path: string) => {
    done();
    const answer = path ? await tomograms.ask<{ tomogram: string }>("add", { path }) : null;
    if (answer) viewer.wanted = answer.content.tomogram;
  };
  const tomogram = viewer.tomogram.value;
  const count = tomograms.all.value.length;
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
        {tomograms.all.value.map((one) => (
          <Row key={one.uid} tomogram={one} viewer={viewer} actions={actions} ask={setAsking} />
        ))}
      </ul>
      {tomogram && asking === "relink" && (
        <TextField
          focus
          name="Path of the tomogram"
          value={tomogram.info.value.path}
          onCommit={(path) => {
            done();
            void actions.ask("relink", { path });
          }}
        />
      )}
      {tomogram && asking === "pixel" && (
        <TextField
          focus
          name="Pixel size in Å"
          value={String(tomogram.info.value.voxel_size[2])}
          placeholder="Å per pixel"
          onCommit={(value) => {
            done();
            void actions.ask("voxel_size", { value: Number(value) });
          }}
        />
      )}
      {tomogram && asking === "save" && (
        <TextField
          focus
          proposed
          name="Path to write to"
          value={tomogram.info.value.saved_to ?? tomogram.info.value.path.replace(/(\.[a-z]+)+$/i, ".scns")}
          onCommit={(path) => {
            done();
            if (path) void actions.save({ path, overwrite: path === tomogram.info.value.saved_to });
          }}
        />
      )}
      {tomogram && asking === "discard" && (
        <div class="ais-question">
          <span>“{tomogram.info.value.name}” has unsaved changes.</span>
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
  tomogram: TomogramState;
  ask(what: Asking): void;
}

function Row({ tomogram, viewer, actions, ask }: RowProps): JSX.Element {
  const info = tomogram.info.value;
  const active = viewer.tomogram.value === tomogram;
  const [depth, height, width] = info.shape;
  const pixel = info.voxel_size[2];
  const close = () => (info.unsaved ? ask("discard") : void actions.ask("close"));
  return (
    <li class={active ? "ais-row ais-active" : "ais-row"}>
      <button
        type="button"
        class="ais-row-main"
        aria-current={active}
        aria-label={`${info.name}${info.unsaved ? ", unsaved" : ""}`}
        title={info.path || info.name}
        onClick={() => viewer.show(tomogram)}
      >
        <Thumbnail tomogram={tomogram} viewer={viewer} />
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

function Thumbnail({ tomogram, viewer }: { tomogram: TomogramState; viewer: Viewer }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { available } = tomogram.info.value;
  useEffect(() => {
    if (!available) return;
    const question = { tomogram: tomogram.uid };
    void viewer.tomograms.link
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
  }, [tomogram.uid, available]);
  return <canvas ref={canvas} class="ais-thumbnail" width="64" height="64" aria-hidden="true" />;
}
