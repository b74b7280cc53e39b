// Textures of one channel: grey values (8 bit, half or single precision) and label bits.

export type Pixels = Uint8Array | Uint16Array | Float32Array;

export interface Texture {
  texture: WebGLTexture;
  width: number;
  height: number;
  kind: "r8" | "r16f" | "r32f" | "r8ui";
}

interface Format {
  internal: number;
  format: number;
  type: number;
}

function formatOf(gl: WebGL2RenderingContext, kind: Texture["kind"]): Format {
  switch (kind) {
    case "r8":
      return { internal: gl.R8, format: gl.RED, type: gl.UNSIGNED_BYTE };
    case "r16f":
      return { internal: gl.R16F, format: gl.RED, type: gl.HALF_FLOAT };
    case "r32f":
      return { internal: gl.R32F, format: gl.RED, type: gl.FLOAT };
    case "r8ui":
      return { internal: gl.R8UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_BYTE };
  }
}

export function kindOf(pixels: Pixels): Texture["kind"] {
  if (pixels instanceof Float32Array) return "r32f";
  return pixels instanceof Uint16Array ? "r16f" : "r8";
}

/** Uploads `pixels`, into `old` when it fits. */
export function upload(
  gl: WebGL2RenderingContext,
  old: Texture | null,
  kind: Texture["kind"],
  width: number,
  height: number,
  pixels: Pixels | null,
): Texture {
  const { internal, format, type } = formatOf(gl, kind);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  if (old && old.kind === kind && old.width === width && old.height === height) {
    gl.bindTexture(gl.TEXTURE_2D, old.texture);
    if (pixels) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, format, type, pixels);
    return old;
  }
  if (old) gl.deleteTexture(old.texture);
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, format, type, pixels);
  return { texture, width, height, kind };
}

/** Uploads the rectangle x0 ≤ x < x1, y0 ≤ y < y1 of `pixels`, which holds the whole image. */
export function uploadPart(
  gl: WebGL2RenderingContext,
  target: Texture,
  pixels: Uint8Array,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): void {
  const { format, type } = formatOf(gl, target.kind);
  gl.bindTexture(gl.TEXTURE_2D, target.texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, target.width);
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, x0);
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, y0);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, x0, y0, x1 - x0, y1 - y0, format, type, pixels);
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
}

/** Smooth or blocky enlargement; float textures blend only where the browser can. */
export function interpolate(gl: WebGL2RenderingContext, target: Texture, smooth: boolean): void {
  const can = target.kind !== "r32f" || gl.getExtension("OES_texture_float_linear") !== null;
  const filter = smooth && can ? gl.LINEAR : gl.NEAREST;
  gl.bindTexture(gl.TEXTURE_2D, target.texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, can ? gl.LINEAR : gl.NEAREST);
}
