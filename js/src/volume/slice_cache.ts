// Slices kept in the browser, within a budget of bytes; the ones not looked at for longest go first.
import { keyText, type Slice, type SliceKey } from "./slice";

export class SliceCache {
  private kept = new Map<string, Slice>();
  bytes = 0;

  constructor(readonly budget: number) {}

  get(key: SliceKey): Slice | undefined {
    const name = keyText(key);
    const slice = this.kept.get(name);
    if (slice) {
      this.kept.delete(name);
      this.kept.set(name, slice); // now the newest
    }
    return slice;
  }

  has(key: SliceKey): boolean {
    return this.kept.has(keyText(key));
  }

  put(key: SliceKey, slice: Slice): void {
    const name = keyText(key);
    this.drop(name);
    this.kept.set(name, slice);
    this.bytes += slice.pixels.byteLength;
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.budget || oldest === name) break;
      this.drop(oldest);
    }
  }

  /** Forgets all slices of a tomogram (its file was replaced). */
  forget(tomogram: string): void {
    for (const name of [...this.kept.keys()]) if (name.startsWith(`${tomogram}/`)) this.drop(name);
  }

  private drop(name: string): void {
    const slice = this.kept.get(name);
    if (!slice) return;
    this.kept.delete(name);
    this.bytes -= slice.pixels.byteLength;
  }
}
