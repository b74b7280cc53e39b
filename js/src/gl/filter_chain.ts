// Runs the display filters over one slice on the graphics card, in single precision.
import { type Filter, kernelOf } from "./kernels";
import { createProgram, type Program } from "./program";
import filterSource from "./shaders/filter.frag.glsl";
import { type Texture, upload } from "./textures";

const FULL = `#version 300 es
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

export class FilterChain {
  private program: Program;
  private frame: WebGLFramebuffer;
  private rows: Texture | null = null;
  private results: (Texture | null)[] = [null, null];
  /** False where the browser cannot render to floating-point textures; the filters then stay off. */
  readonly supported: boolean;

  constructor(private gl: WebGL2RenderingContext) {
    this.supported = gl.getExtension("EXT_color_buffer_float") !== null;
    this.program = createProgram(gl, FULL, filterSource);
    this.frame = gl.createFramebuffer();
  }

  /** Returns the filtered slice as a single-precision texture of values; it is valid until the next call. */
  run(source: Texture, decode: readonly [number, number], filters: readonly Filter[]): Texture {
    const { gl } = this;
    const { width, height } = source;
    this.rows = upload(gl, this.rows, "r32f", width, height, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.BLEND);
    gl.useProgram(this.program.program);
    let current = source;
    let currentDecode = decode;
    filters.forEach((filter, i) => {
      const taps = kernelOf(filter);
      const target = upload(gl, this.results[i % 2], "r32f", width, height, null);
      this.results[i % 2] = target;
      this.pass(current, currentDecode, this.rows!, taps.horizontal, [1, 0], null, [1, 0], 1);
      this.pass(this.rows!, [1, 0], target, taps.vertical, [0, 1], current, currentDecode, filter.weight);
      current = target;
      currentDecode = [1, 0];
    });
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return current;
  }

  /** Keeps a result beyond the next call of `run`. */
  copy(result: Texture, into: Texture | null): Texture {
    const { gl } = this;
    const target = upload(gl, into, "r32f", result.width, result.height, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, result.texture, 0);
    gl.bindTexture(gl.TEXTURE_2D, target.texture);
    gl.copyTexSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 0, 0, result.width, result.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return target;
  }

  /** Values of a single-precision texture, row 0 first. */
  read(texture: Texture): Float32Array {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture.texture, 0);
    const rgba = new Float32Array(texture.width * texture.height * 4);
    gl.readPixels(0, 0, texture.width, texture.height, gl.RGBA, gl.FLOAT, rgba);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const values = new Float32Array(texture.width * texture.height);
    for (let i = 0; i < values.length; i++) values[i] = rgba[4 * i];
    return values;
  }

  private pass(
    source: Texture,
    decode: readonly [number, number],
    target: Texture,
    taps: Float32Array,
    direction: [number, number],
    original: Texture | null,
    decodeOriginal: readonly [number, number],
    weight: number,
  ): void {
    const { gl, program } = this;
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target.texture, 0);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, (original ?? source).texture);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, source.texture);
    gl.uniform1i(program.uniform("source"), 0);
    gl.uniform1i(program.uniform("original"), 1);
    gl.uniform2f(program.uniform("decode"), decode[0], decode[1]);
    gl.uniform2f(program.uniform("decodeOriginal"), decodeOriginal[0], decodeOriginal[1]);
    gl.uniform1fv(program.uniform("taps"), taps);
    gl.uniform2i(program.uniform("direction"), direction[0], direction[1]);
    gl.uniform1f(program.uniform("weight"), weight);
    gl.uniform1i(program.uniform("mixes"), original ? 1 : 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
