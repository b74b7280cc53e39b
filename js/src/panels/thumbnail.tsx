// A small picture of the middle slice of a tomogram.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Link } from "../kernel/protocol";
import type { TomogramState } from "../state/tomogram";

export function Thumbnail({ tomogram, link }: { tomogram: TomogramState; link: Link }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { available } = tomogram.info.value;
  useEffect(() => {
    if (!available) return;
    void link
      .request("thumbnail", { tomogram: tomogram.uid })
      .then(({ content: { width, height }, buffers: [view] }) => {
        if (canvas.current) draw(canvas.current, view, width, height);
      })
      .catch(() => {
        // A missing thumbnail does no harm; opening the tomogram says what is wrong.
      });
  }, [tomogram.uid, available, link]);
  return <canvas ref={canvas} class="ais-thumbnail" width="64" height="64" aria-hidden="true" />;
}

/** Rows count from the bottom. */
function draw(canvas: HTMLCanvasElement, view: DataView, width: number, height: number): void {
  canvas.width = width;
  canvas.height = height;
  const picture = new ImageData(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const grey = view.getUint8((height - 1 - y) * width + x);
      picture.data.set([grey, grey, grey, 255], 4 * (y * width + x));
    }
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}
