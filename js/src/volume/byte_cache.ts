// Keeps what was fetched within a budget of bytes; the least recently used goes first.

export class ByteCache<Item> {
  private kept = new Map<string, Item>();
  /** In use. */
  bytes = 0;

  constructor(
    readonly budget: number,
    private sizeOf: (item: Item) => number,
    /** What is on the screen stays, whatever its size: otherwise it would be fetched again and again. */
    private inUse: (key: string) => boolean = () => false,
  ) {}

  get(key: string): Item | undefined {
    const item = this.kept.get(key);
    if (item !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, item); // now the newest
    }
    return item;
  }

  has(key: string): boolean {
    return this.kept.has(key);
  }

  /** The newest stays even when it is larger than the budget. */
  put(key: string, item: Item): void {
    this.drop(key);
    this.kept.set(key, item);
    this.bytes += this.sizeOf(item);
    for (const oldest of [...this.kept.keys()]) {
      if (this.bytes <= this.budget || oldest === key) break;
      if (!this.inUse(oldest)) this.drop(oldest);
    }
  }

  /** Drops what is out of date. */
  forget(outdated: (key: string, item: Item) => boolean): void {
    for (const [key, item] of [...this.kept]) if (outdated(key, item)) this.drop(key);
  }

  private drop(key: string): void {
    const item = this.kept.get(key);
    if (item === undefined) return;
    this.kept.delete(key);
    this.bytes -= this.sizeOf(item);
  }
}
