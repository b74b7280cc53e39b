// Runs in the page before everything else: sees what is drawn on the slice view, what arrives on websockets, which
// frames are lost; and measures the floors, what the same machine needs at least.
(() => {
  const bench = { received: 0, onDrawn: null, draws: 0 };
  window.bench = bench;

  // The next notebook is opened without asking whether to leave this one.
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation());

  // websocket bytes -------------------------------------------------------------------------------------------------
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        bench.received += data.byteLength ?? data.size ?? data.length;
      });
    }
  };

  // drawing on the slice view ---------------------------------------------------------------------------------------
  let pending = false;
  // All planes are drawn on one canvas, under the surfaces that take the pointer; the main view has its upper left corner.
  const main = () => document.querySelector(`canvas[aria-label="${bench.view}"]`);
  const drawn = () => main()?.closest(".ais-views")?.querySelector(".ais-picture") ?? main();
  const watched = ({ canvas, viewport_: viewport }) =>
    canvas instanceof HTMLCanvasElement &&
    canvas === drawn() &&
    (!canvas.matches(".ais-picture") || (viewport?.[0] === 0 && viewport[1] + viewport[3] === canvas.height));
  bench.view = "Slice view";
  const drew = (context) => {
    if (!watched(context)) return;
    bench.draws++;
    if (!bench.onDrawn || pending) return;
    pending = true;
    queueMicrotask(() => {
      pending = false;
      bench.onDrawn?.();
    });
  };
  const hook = (prototype, names) => {
    for (const name of names) {
      const method = prototype[name];
      prototype[name] = function (...args) {
        const result = method.apply(this, args);
        drew(this);
        return result;
      };
    }
  };
  const setViewport = WebGL2RenderingContext.prototype.viewport;
  WebGL2RenderingContext.prototype.viewport = function (...args) {
    this.viewport_ = args;
    setViewport.apply(this, args);
  };
  hook(WebGL2RenderingContext.prototype, ["drawArrays", "drawElements", "drawArraysInstanced"]);
  hook(CanvasRenderingContext2D.prototype, ["drawImage", "putImageData"]);
  hook(ImageBitmapRenderingContext.prototype, ["transferFromImageBitmap"]);

  /** Colour in the middle of the main view; reading it waits until the graphics are done. */
  bench.pixel = () => {
    const { width, height } = main();
    const gl = drawn().getContext("webgl2");
    const rgba = new Uint8Array(4);
    gl.readPixels(width >> 1, drawn().height - (height >> 1), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    return [...rgba];
  };
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  bench.sleep = sleep;

  /** Milliseconds from `act()` until the pixel in the middle has become `grey` (± `near`). */
  bench.until = (act, grey, near = 6, limit = 60000) =>
    new Promise((done, fail) => {
      const timer = setTimeout(() => {
        bench.onDrawn = null;
        fail(new Error(`the picture never became ${grey}; it is ${bench.pixel()}`));
      }, limit);
      const start = performance.now();
      bench.onDrawn = () => {
        if (Math.abs(bench.pixel()[0] - grey) > near) return;
        const took = performance.now() - start;
        bench.onDrawn = null;
        clearTimeout(timer);
        done(took);
      };
      act();
    });

  bench.wheel = (delta) => {
    const element = main();
    const { left, top, width, height } = element.getBoundingClientRect();
    const init = { deltaY: delta, bubbles: true, cancelable: true };
    element.dispatchEvent(new WheelEvent("wheel", { ...init, clientX: left + width / 4, clientY: top + height / 4 }));
  };

  bench.slide = (z) => {
    const slider = document.querySelector('input[type=range][aria-label="Slice"]');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(slider, String(z));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** Five slices to the left or right, as the keys do it: no control moves before the picture does. */
  bench.five = (key) => {
    const init = { key, shiftKey: true, bubbles: true, cancelable: true };
    main().dispatchEvent(new KeyboardEvent("keydown", init));
  };

  // strokes: the pointer is moved by the driver, the page notes when it was told and when it had drawn -------------------
  bench.watchStroke = (ms) =>
    new Promise((done) => {
      const moves = [];
      const latencies = [];
      const frames = [];
      let running = true;
      const moved = (event) => moves.push(event.timeStamp);
      window.addEventListener("pointermove", moved, true);
      bench.onDrawn = () => {
        bench.pixel();
        const now = performance.now();
        for (const at of moves.splice(0)) latencies.push(now - at);
      };
      const frame = (time) => {
        frames.push(time);
        if (running) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      setTimeout(() => {
        running = false;
        bench.onDrawn = null;
        window.removeEventListener("pointermove", moved, true);
        const gaps = frames.slice(1).map((time, i) => time - frames[i]);
        const lost = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0);
        done({ latencies, frames: frames.length, lost, longest: Math.max(...gaps) });
      }, ms);
    });

  // floors --------------------------------------------------------------------------------------------------------------
  const VERTEX = `#version 300 es
    out vec2 at; void main() { at = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0; gl_Position = vec4(at * 2.0 - 1.0, 0, 1); }`;
  const FRAGMENT = `#version 300 es
    precision highp float; uniform sampler2D image; in vec2 at; out vec4 color;
    void main() { color = vec4(vec3(texture(image, at).r), 1.0); }`;

  /** A bare canvas with the least program that shows an 8-bit slice of `size`²; reading a pixel waits for the graphics. */
  function bareView(size) {
    const like = document.querySelector('canvas[aria-label="Slice view"]');
    const own = document.createElement("canvas");
    own.width = like.width;
    own.height = like.height;
    const gl = own.getContext("webgl2", { alpha: false, antialias: false });
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, size, size);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    const out = new Uint8Array(4);
    return {
      own,
      like,
      upload: (n, image) => gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, n, n, gl.RED, gl.UNSIGNED_BYTE, image),
      draw: () => gl.drawArrays(gl.TRIANGLES, 0, 3),
      finish: () => gl.readPixels(own.width >> 1, own.height >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, out),
      close: () => {
        own.remove();
        gl.getExtension("WEBGL_lose_context").loseContext();
      },
    };
  }

  /** Milliseconds to upload a slice of `size`², and to upload and draw it, one after the other and never presented. */
  bench.floor = (size, rounds = 30) => {
    const view = bareView(size);
    const image = new Uint8Array(size * size).map((_, i) => i * 31);
    const time = (work) => {
      const times = [];
      for (let i = 0; i < rounds; i++) {
        view.finish();
        const start = performance.now();
        work();
        view.finish();
        times.push(performance.now() - start);
      }
      return times;
    };
    const result = {
      upload: time(() => view.upload(size, image)),
      uploadAndDraw: time(() => {
        view.upload(size, image);
        view.draw();
      }),
    };
    view.close();
    return result;
  };

  /**
   * Puts the bare view over the slice view: the wheel shows one of two slices, the pointer replaces a part of 256², and
   * `bench.fetched` shows as many bytes from the kernel as they come.
   */
  bench.coverWithFloor = (size) => {
    const view = bareView(size);
    const { own, like } = view;
    const { left, top, width, height } = like.getBoundingClientRect();
    own.setAttribute("aria-label", "Floor");
    own.style.cssText = `position:fixed;z-index:99999;left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    document.body.append(own);
    const images = [50, 200].map((grey) => new Uint8Array(size * size).fill(grey));
    let next = 0;
    let frame = 0;
    let whole = false;
    const paint = () => {
      frame = 0;
      if (whole) view.upload(size, images[next]);
      else view.upload(Math.min(256, size), images[next]);
      whole = false;
      view.draw();
    };
    own.addEventListener("wheel", (event) => {
      event.preventDefault();
      next = 1 - next;
      whole = true;
      frame ||= requestAnimationFrame(paint);
    });
    own.addEventListener("pointermove", () => {
      frame ||= requestAnimationFrame(paint);
    });
    bench.view = "Floor";
    bench.fetched = async (grey) => {
      const { bytes } = await window.echo(size * size, grey);
      view.upload(size, bytes);
      view.draw();
    };
    bench.uncover = () => {
      cancelAnimationFrame(frame);
      view.close();
      bench.view = "Slice view";
    };
  };
})();
