// The desktop program's names of the filters.
import type { FilterKind } from "../../src/gl/kernels";

export const KINDS: Record<string, FilterKind> = {
  "Gaussian blur": "gaussian",
  "Offset Gaussian blur": "offset_gaussian",
  "Box blur": "box",
  "Sobel vertical": "sobel_vertical",
  "Sobel horizontal": "sobel_horizontal",
};
