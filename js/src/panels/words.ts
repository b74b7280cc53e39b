// Numbers in words, as panels show them.

/** A number of parameters: 12 k, 3.4 M. */
export function countOf(parameters: number): string {
  return parameters >= 1e5
    ? `${(parameters / 1e6).toFixed(1)} M`
    : `${Math.max(1, Math.round(parameters / 1e3))} k`;
}

/** Seconds: 8 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 1 box, 2 boxes. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The file name at the end of a path, of Windows as well. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).pop()!;
}

/** The folder of a path, with the separator at its end; "" where there is none. */
export function folderOf(path: string): string {
  return path.slice(0, path.length - fileName(path).length);
}

/** Slice numbers as ranges: 3–7, 9. Of many ranges the first ones, and that there are more. */
export function sliceRanges(slices: readonly number[], most = 4): string {
  const ranges: [number, number][] = [];
  for (const z of [...slices].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && z <= last[1] + 1) last[1] = z;
    else ranges.push([z, z]);
  }
  const words = ranges
    .slice(0, most)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return ranges.length > most ? `${words.join(", ")}, …` : words.join(", ");
}
