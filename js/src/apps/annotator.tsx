// The annotator: shows one slice.
import { render } from "preact";
import { PlaneRenderer } from "../gl/plane_renderer";
import { kindOf, type Texture, upload } from "../gl/textures";
import type { Link } from "../kernel/protocol";
import { fetchSlice } from "../state/fetch_slice";

interface DatasetInfo {
  uid: string;
  shape: [number, number, number];
}

export function renderAnnotator(link: Link, element: HTMLElement): () => void {
  let gl: WebGL2RenderingContext | null = null;
  let renderer: PlaneRenderer;
  let texture: Texture | null = null;
  let dataset: DatasetInfo | null = null;

  async function show(index: number): Promise<void> {
    if (!gl || !dataset) return;
    const slice = await fetchSlice(link, { dataset: dataset.uid, axis: "z", index }, 1);
    texture = upload(gl, texture, kindOf(slice.pixels), slice.width, slice.height, slice.pixels);
    const [, height, width] = dataset.shape;
    const scale = Math.min(gl.canvas.width / width, gl.canvas.height / height);
    const camera = { centerX: width / 2, centerY: height / 2, scaleX: scale, scaleY: scale };
    const { decode } = slice;
    const limits: [number, number] = [decode[1], decode[0] + decode[1]];
    const image = { texture, decode, limits, smooth: true, width, height };
    const scene = {
      camera,
      image,
      overlays: [],
      labels: [],
      background: [0.1, 0.1, 0.1] as [number, number, number],
    };
    renderer.draw(scene, gl.canvas.width, gl.canvas.height);
  }

  function start(canvas: HTMLCanvasElement | null): void {
    if (!canvas || gl) return;
    gl = canvas.getContext("webgl2", { preserveDrawingBuffer: true });
    if (!gl) return;
    renderer = new PlaneRenderer(gl);
    void link.request<{ datasets: DatasetInfo[] }>("open").then(({ content }) => {
      dataset = content.datasets[0] ?? null;
      if (dataset) void show(Math.floor(dataset.shape[0] / 2));
    });
  }

  render(<canvas ref={start} width={512} height={512} role="img" aria-label="Slice view" />, element);
  return () => {
    render(null, element);
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
  };
}
