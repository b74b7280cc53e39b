// Asks the kernel for one slice and unpacks it.
import type { Link } from "../kernel/protocol";
import type { Slice, SliceKey } from "../volume/slice";

export async function fetchSlice(
  link: Link,
  key: SliceKey,
  step: number,
  signal?: AbortSignal,
  precision?: "float32",
): Promise<Slice> {
  const { content, buffers } = await link.request("slice", { ...key, step, precision }, { signal });
  const { buffer, byteOffset, byteLength } = buffers[0];
  const { width, height, dtype, factor, offset } = content;
  const decode: [number, number] = [factor, offset];
  if (dtype === "uint8")
    return {
      pixels: new Uint8Array(buffer, byteOffset, byteLength),
      width,
      height,
      decode,
      step: content.step,
    };
  // Wider numbers have to start at an aligned address, which a message does not guarantee.
  const aligned = buffer.slice(byteOffset, byteOffset + byteLength);
  const pixels = dtype === "float16" ? new Uint16Array(aligned) : new Float32Array(aligned);
  return { pixels, width, height, decode, step: content.step };
}
