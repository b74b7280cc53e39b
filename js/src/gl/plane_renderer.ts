// Draws one plane into its part of the canvas: the slice, what models find in it, and the labels.
import { createProgram, type Program } from "./program";
import foundSource from "./shaders/found.frag.glsl";
import imageSource from "./shaders/image.frag.glsl";
import labelSource from "./shaders/labels.frag.glsl";
import vertexSource from "./shaders/quad.vert.glsl";
import { interpolate, type Texture } from "./textures";

export interface DeviceCamera {
  /** Image position in the middle of the view, pixels. */
  centerX: number;
  centerY: number;
  /** Device pixels per image pixel. */
  scaleX: number;
  scaleY: number;
}

export interface ImageLayer {
  texture: Texture;
  /** value = texel · decode[0] + decode[1] */
  decode: readonly [number, number];
  limits: readonly [number, number];
  smooth: boolean;
  /** Size in pixels of the plane; larger than the texture for a coarse version. */
  width: number;
  height: number;
}

export interface LabelLayer {
  texture: Texture;
  /** Eight times red, green, blue, opacity. */
  colors: Float32Array;
  filled: number;
  /** Part of the image that holds labels: x0, y0, x1, y1. */
  rect: readonly [number, number, number, number];
}

/** What one model finds. */
export interface FoundLayer {
  texture: Texture;
  tint: readonly [number, number, number, number];
  threshold: number;
  /** Its outline only. */
  outlined: boolean;
  /** Multiplied with the image beneath and added, so that its texture stays visible; else painted over it. */
  multiplied: boolean;
  width: number;
  height: number;
}

export interface PlaneScene {
  camera: DeviceCamera;
  image: ImageLayer | null;
  found: readonly FoundLayer[];
  labels: readonly LabelLayer[];
  background: readonly [number, number, number];
}

/** Part of the canvas in device pixels, from its lower left corner. */
export interface Viewport {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class PlaneRenderer {
  private image: Program;
  private labels: Program;
  private found: Program;

  constructor(private gl: WebGL2RenderingContext) {
    this.image = createProgram(gl, vertexSource, imageSource);
    this.labels = createProgram(gl, vertexSource, labelSource);
    this.found = createProgram(gl, vertexSource, foundSource);
  }

  /** Draws one plane; the rest of the canvas stays as it is. */
  draw(scene: PlaneScene, view: Viewport): void {
    const { gl } = this;
    gl.viewport(view.x, view.y, view.width, view.height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(view.x, view.y, view.width, view.height);
    gl.clearColor(...scene.background, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.activeTexture(gl.TEXTURE0);
    if (scene.image) this.drawImage(scene.image, scene.camera, view);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const layer of scene.found) this.drawFound(layer, scene.camera, view);
    for (const layer of scene.labels) this.drawLabels(layer, scene.camera, view);
    gl.disable(gl.BLEND);
    gl.disable(gl.SCISSOR_TEST);
  }

  private drawImage(layer: ImageLayer, camera: DeviceCamera, view: Viewport): void {
    const { gl } = this;
    gl.disable(gl.BLEND);
    gl.useProgram(this.image.program);
    interpolate(gl, layer.texture, layer.smooth);
    gl.uniform2f(this.image.uniform("decode"), layer.decode[0], layer.decode[1]);
    gl.uniform2f(this.image.uniform("limits"), layer.limits[0], layer.limits[1]);
    this.quad(this.image, [0, 0, layer.width, layer.height], layer.width, layer.height, camera, view);
  }

  private drawFound(layer: FoundLayer, camera: DeviceCamera, view: Viewport): void {
    const { gl } = this;
    gl.useProgram(this.found.program);
    if (layer.multiplied) gl.blendFunc(gl.DST_COLOR, gl.ONE);
    interpolate(gl, layer.texture, true);
    gl.uniform4f(this.found.uniform("tint"), ...layer.tint);
    gl.uniform1f(this.found.uniform("threshold"), layer.threshold);
    const { width, height } = layer;
    if (layer.outlined) gl.uniform2f(this.found.uniform("edge"), ...lineIn(camera, width, height));
    else gl.uniform2f(this.found.uniform("edge"), 0, 0);
    this.quad(this.found, [0, 0, layer.width, layer.height], layer.width, layer.height, camera, view);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  private drawLabels(layer: LabelLayer, camera: DeviceCamera, view: Viewport): void {
    const { gl } = this;
    const { width, height } = layer.texture;
    gl.useProgram(this.labels.program);
    gl.bindTexture(gl.TEXTURE_2D, layer.texture.texture);
    gl.uniform4fv(this.labels.uniform("colors"), layer.colors);
    gl.uniform1ui(this.labels.uniform("filled"), layer.filled);
    gl.uniform2f(this.labels.uniform("edge"), ...lineIn(camera, width, height));
    this.quad(this.labels, layer.rect, width, height, camera, view);
  }

  private quad(
    program: Program,
    rect: readonly [number, number, number, number],
    width: number,
    height: number,
    camera: DeviceCamera,
    view: Viewport,
  ): void {
    const { gl } = this;
    gl.uniform4f(program.uniform("rect"), ...rect);
    gl.uniform2f(program.uniform("size"), width, height);
    gl.uniform2f(program.uniform("center"), camera.centerX, camera.centerY);
    gl.uniform2f(program.uniform("scale"), camera.scaleX, camera.scaleY);
    gl.uniform2f(program.uniform("viewport"), view.width, view.height);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

/** Half the width of an outline in texture coordinates of an image of this size. */
function lineIn(camera: DeviceCamera, width: number, height: number): [number, number] {
  const line = Math.max(1, Math.round(1.4 * (globalThis.devicePixelRatio || 1)));
  return [line / (camera.scaleX * width), line / (camera.scaleY * height)];
}
