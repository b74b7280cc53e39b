// The slices that the browser keeps, of all tomograms and axes.
import { ByteCache } from "./byte_cache";
import { keyText, type Slice, type SliceKey } from "./slice";

export class SliceCache {
  private kept: ByteCache<Slice>;

  constructor(readonly budget: number) {
    this.kept = new ByteCache(budget, ({ pixels }) => pixels.byteLength);
  }

  get bytes(): number {
    return this.kept.bytes;
  }

  get(key: SliceKey): Slice | undefined {
    return this.kept.get(keyText(key));
  }

  has(key: SliceKey): boolean {
    return this.kept.has(keyText(key));
  }

  put(key: SliceKey, slice: Slice): void {
    this.kept.put(keyText(key), slice);
  }

  /** Forgets all slices of a tomogram (its file was replaced). */
  forget(tomogram: string): void {
    this.kept.forget((key) => key.startsWith(`${tomogram}/`));
  }
}
