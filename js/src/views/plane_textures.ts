// What one plane has on the graphics card: its slice, filtered if need be, and its labels.
import type { FilterChain } from "../gl/filter_chain";
import type { Filter } from "../gl/kernels";
import type { ImageLayer, LabelLayer } from "../gl/plane_renderer";
import { kindOf, type Texture, upload, uploadPart } from "../gl/textures";
import { isEmpty } from "../labels/region";
import type { Slice } from "../volume/slice";
import type { PlaneLabels } from "./plane_labels";

export class PlaneTextures {
  private texture: Texture | null = null;
  private uploaded: Slice | null = null;
  private filtered: Texture | null = null;
  private filteredBy = "";
  private labels: (Texture | null)[] = [];
  private found = new Map<string, { texture: Texture; pixels: Uint8Array }>();

  constructor(
    private gl: WebGL2RenderingContext,
    private chain: FilterChain,
  ) {}

  /** The slice as a layer; filters run when it or they have changed. */
  image(
    slice: Slice,
    filters: readonly Filter[],
    limits: readonly [number, number],
    smooth: boolean,
  ): ImageLayer {
    if (slice !== this.uploaded) {
      this.texture = upload(
        this.gl,
        this.texture,
        kindOf(slice.pixels),
        slice.width,
        slice.height,
        slice.pixels,
      );
      this.uploaded = slice;
      this.filteredBy = "";
    }
    const size = { width: slice.width * slice.step, height: slice.height * slice.step };
    const active = this.chain.supported ? filters.filter((filter) => filter.enabled) : [];
    if (active.length === 0) return { texture: this.texture!, decode: slice.decode, limits, smooth, ...size };
    const by = JSON.stringify(active);
    if (by !== this.filteredBy) {
      const result = this.chain.run(this.texture!, slice.decode, active);
      this.filtered = this.chain.copy(result, this.filtered);
      this.filteredBy = by;
    }
    return { texture: this.filtered!, decode: [1, 0], limits, smooth, ...size };
  }

  /** Grey values as displayed; null when no filter runs (then the slice has them). */
  filteredValues(): Float32Array | null {
    return this.filteredBy && this.filtered ? this.chain.read(this.filtered) : null;
  }

  /** What one model (or a result) finds; uploaded when it has changed. */
  levels(model: string, pixels: Uint8Array, width: number, height: number): Texture {
    const old = this.found.get(model);
    if (old?.pixels === pixels) return old.texture;
    const texture = upload(this.gl, old?.texture ?? null, "r8", width, height, pixels);
    this.found.set(model, { texture, pixels });
    return texture;
  }

  /** Frees the textures of models that are no longer shown. */
  keepLevels(models: readonly string[]): void {
    for (const [model, { texture }] of this.found)
      if (!models.includes(model)) {
        this.gl.deleteTexture(texture.texture);
        this.found.delete(model);
      }
  }

  /** `outlined`: no label is filled. */
  labelLayers(labels: PlaneLabels, solo: string | null, outlined: boolean): LabelLayer[] {
    const layers: LabelLayer[] = [];
    labels.groups.forEach((group, i) => {
      const old = this.labels[i] ?? null;
      const dirty = group.takeDirty();
      const fresh = !old || old.width !== group.width || old.height !== group.height;
      if (fresh) this.labels[i] = upload(this.gl, old, "r8ui", group.width, group.height, group.pixels);
      else if (!isEmpty(dirty))
        uploadPart(this.gl, old, group.pixels, [dirty.x0, dirty.y0, dirty.x1, dirty.y1]);
      const { x0, y0, x1, y1 } = group.rect;
      if (isEmpty(group.rect)) return;
      layers.push({ texture: this.labels[i]!, ...labels.look(i, solo, outlined), rect: [x0, y0, x1, y1] });
    });
    return layers;
  }
}
