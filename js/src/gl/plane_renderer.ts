// Draws one plane: the slice, predictions and labels, as the camera sees them.
import { createProgram, type Program } from "./program";
import imageSource from "./shaders/image.frag.glsl";
import labelSource from "./shaders/labels.frag.glsl";
import overlaySource from "./shaders/overlay.frag.glsl";
import vertexSource from "./shaders/quad.vert.glsl";
import { interpolate, type Texture } from "./textures";

export interface PlaneCamera {
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

export interface OverlayLayer {
  texture: Texture;
  tint: readonly [number, number, number, number];
  threshold: number;
  /** Multiplied with the image beneath and added, so that its texture stays visible; else painted over it. */
  multiplied: boolean;
  width: number;
  height: number;
}

export interface PlaneScene {
  camera: PlaneCamera;
  image: ImageLayer | null;
  overlays: readonly OverlayLayer[];
  labels: readonly LabelLayer[];
  background: readonly [number, number, number];
}

export class PlaneRenderer {
  private image: Program;
  private labels: Program;
  private overlay: Program;

  constructor(private gl: WebGL2RenderingContext) {
    this.image = createProgram(gl, vertexSource, imageSource);
    this.labels = createProgram(gl, vertexSource, labelSource);
    this.overlay = createProgram(gl, vertexSource, overlaySource);
  }

  /** Draws into the bound framebuffer; `downwards` puts the top row first, for reading back. */
  draw(scene: PlaneScene, width: number, height: number, downwards = false): void {
    const { gl } = this;
    gl.viewport(0, 0, width, height);
    gl.clearColor(...scene.background, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.activeTexture(gl.TEXTURE0);
    const view = { width, height, flip: downwards ? -1 : 1 };
    if (scene.image) this.drawImage(scene.image, scene.camera, view);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const layer of scene.overlays) this.drawOverlay(layer, scene.camera, view);
    for (const layer of scene.labels) this.drawLabels(layer, scene.camera, view);
    gl.disable(gl.BLEND);
  }

  private drawImage(layer: ImageLayer, camera: PlaneCamera, view: View): void {
    const { gl } = this;
    gl.disable(gl.BLEND);
    gl.useProgram(this.image.program);
    interpolate(gl, layer.texture, layer.smooth);
    gl.uniform2f(this.image.uniform("decode"), layer.decode[0], layer.decode[1]);
    gl.uniform2f(this.image.uniform("limits"), layer.limits[0], layer.limits[1]);
    this.quad(this.image, [0, 0, layer.width, layer.height], layer.width, layer.height, camera, view);
  }

  private drawOverlay(layer: OverlayLayer, camera: PlaneCamera, view: View): void {
    const { gl } = this;
    gl.useProgram(this.overlay.program);
    if (layer.multiplied) gl.blendFunc(gl.DST_COLOR, gl.ONE);
    interpolate(gl, layer.texture, true);
    gl.uniform4f(this.overlay.uniform("tint"), ...layer.tint);
    gl.uniform1f(this.overlay.uniform("threshold"), layer.threshold);
    this.quad(this.overlay, [0, 0, layer.width, layer.height], layer.width, layer.height, camera, view);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  private drawLabels(layer: LabelLayer, camera: PlaneCamera, view: View): void {
    const { gl } = this;
    const { width, height } = layer.texture;
    gl.useProgram(this.labels.program);
    gl.bindTexture(gl.TEXTURE_2D, layer.texture.texture);
    gl.uniform4fv(this.labels.uniform("colors"), layer.colors);
    gl.uniform1ui(this.labels.uniform("filled"), layer.filled);
    const line = Math.max(1, Math.round(1.4 * (globalThis.devicePixelRatio || 1)));
    gl.uniform2f(
      this.labels.uniform("edge"),
      line / (camera.scaleX * width),
      line / (camera.scaleY * height),
    );
    this.quad(this.labels, layer.rect, width, height, camera, view);
  }

  private quad(
    program: Program,
    rect: readonly [number, number, number, number],
    width: number,
    height: number,
    camera: PlaneCamera,
    view: View,
  ): void {
    const { gl } = this;
    gl.uniform4f(program.uniform("rect"), ...rect);
    gl.uniform2f(program.uniform("size"), width, height);
    gl.uniform2f(program.uniform("center"), camera.centerX, camera.centerY);
    gl.uniform2f(program.uniform("scale"), camera.scaleX, camera.scaleY);
    gl.uniform2f(program.uniform("viewport"), view.width, view.height);
    gl.uniform1f(program.uniform("flip"), view.flip);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

interface View {
  width: number;
  height: number;
  flip: number;
}
