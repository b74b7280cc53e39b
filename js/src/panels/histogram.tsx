// Histogram of the slice in view (logarithmic) with two limits that can be dragged.

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Histogram as Bins } from "../state/viewer";

interface Props {
  histogram: Bins;
  low: number;
  high: number;
  limits: readonly [number, number];
  /** Grey values that may be painted, if painting is limited. */
  range: readonly [number, number] | null;
  onLimits(limits: [number, number]): void;
}

const HEIGHT = 56;

export function Histogram({ histogram, low, high, limits, range, onLimits }: Props): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const dragged = useRef<0 | 1 | null>(null);
  const width = 240;
  const toX = (value: number) => ((value - low) / (high - low)) * width;
  const { bins } = histogram;
  const tallest = Math.max(...bins, 1e-9);
  const step = (toX(histogram.high) - toX(histogram.low)) / bins.length;
  const path = bins
    .map((bin, i) => {
      const x = toX(histogram.low) + i * step;
      const y = HEIGHT - (bin / tallest) * (HEIGHT - 4);
      return `L${x.toFixed(1)} ${y.toFixed(1)}L${(x + step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
  const valueAt = (event: PointerEvent): number => {
    const box = svg.current!.getBoundingClientRect();
    const t = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return low + t * (high - low);
  };
  const drag = (event: PointerEvent) => {
    const value = valueAt(event);
    if (dragged.current === 0) onLimits([Math.min(value, limits[1] - 1e-6), limits[1]]);
    else if (dragged.current === 1) onLimits([limits[0], Math.max(value, limits[0] + 1e-6)]);
  };
  return (
    <svg
      ref={svg}
      class="ais-histogram"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Histogram"
      onPointerDown={(event) => {
        const value = valueAt(event);
        dragged.current = Math.abs(value - limits[0]) < Math.abs(value - limits[1]) ? 0 : 1;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        dragged.current = null;
      }}
    >
      {range && (
        <rect
          class="ais-range"
          x={toX(range[0])}
          width={toX(range[1]) - toX(range[0])}
          y="0"
          height={HEIGHT}
        />
      )}
      <path
        class="ais-bins"
        d={`M${toX(histogram.low)} ${HEIGHT}${path}L${toX(histogram.high)} ${HEIGHT}Z`}
      />
      {limits.map((limit, i) => (
        <line
          key={i === 0 ? "low" : "high"}
          class="ais-limit"
          x1={toX(limit)}
          x2={toX(limit)}
          y1="0"
          y2={HEIGHT}
        />
      ))}
    </svg>
  );
}
