// Draws into a framebuffer and reads it back: for the views that are not the canvas of the context itself.

export class Offscreen {
  private frame: WebGLFramebuffer;
  private color: WebGLRenderbuffer;
  private width = 0;
  private height = 0;
  private pixels = new Uint8ClampedArray(0);

  constructor(private gl: WebGL2RenderingContext) {
    this.frame = gl.createFramebuffer();
    this.color = gl.createRenderbuffer();
  }

  /** Runs `draw` on a surface of this size and puts the result on a 2-D canvas. `draw` must put the top row first. */
  paint(target: CanvasRenderingContext2D, width: number, height: number, draw: () => void): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    if (width !== this.width || height !== this.height) {
      gl.bindRenderbuffer(gl.RENDERBUFFER, this.color);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, this.color);
      this.pixels = new Uint8ClampedArray(width * height * 4);
      this.width = width;
      this.height = height;
    }
    draw();
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, this.pixels);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    target.putImageData(new ImageData(this.pixels as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0);
  }
}
