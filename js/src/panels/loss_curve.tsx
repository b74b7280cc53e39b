// The loss during training: every batch, in a faint line, every epoch, and validation.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Curve } from "../state/curve";
import { Toggle } from "./controls";

const HEIGHT = 150;

interface Props {
  curve: Curve;
  /** Changes when rows have arrived. */
  version: number;
}

export function LossCurve({ curve, version }: Props): JSX.Element {
  const [log, setLog] = useState(false);
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const Plot = usePlotLibrary();
  useEffect(() => {
    if (!Plot) return;
    const element = holder.current!;
    const made = new Plot(layout(element, log), columns(curve), element);
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    sized.observe(element);
    const themed = new MutationObserver(() => made.redraw());
    themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
    return () => {
      sized.disconnect();
      themed.disconnect();
      made.destroy();
    };
  }, [Plot, curve, log]);
  useEffect(() => plot.current?.setData(columns(curve)), [curve, version]);
  const { loss, validation } = curve.latest;
  return (
    <figure class="ais-curve" aria-label="Loss curve" data-points={curve.at.length}>
      <div ref={holder} />
      <figcaption>
        <span class="ais-curve-loss">loss {loss === null ? "—" : loss.toPrecision(3)}</span>
        {validation !== null && <span class="ais-curve-val">validation {validation.toPrecision(3)}</span>}
        <Toggle label="log" hint="Logarithmic scale" checked={log} onChange={setLog} />
      </figcaption>
    </figure>
  );
}

/** Loaded with the first curve: it listens to the page from then on, and every widget loads the bundle anew. */
function usePlotLibrary(): typeof uPlot | null {
  const [library, setLibrary] = useState<typeof uPlot | null>(null);
  useEffect(() => {
    let here = true;
    void import("uplot").then((found) => here && setLibrary(() => found.default));
    return () => {
      here = false;
    };
  }, []);
  return library;
}

function columns(curve: Curve): uPlot.AlignedData {
  return [curve.at, curve.batch, curve.loss, curve.validation];
}

/** Colours are read when drawing, so that the curve follows the theme. */
function layout(element: HTMLElement, log: boolean): uPlot.Options {
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--ais-text-soft"),
    grid: { stroke: color("--ais-line"), width: 1 },
    ticks: { stroke: color("--ais-line"), width: 1, size: 4 },
    font: "11px system-ui, sans-serif",
  };
  return {
    width: Math.max(100, element.clientWidth),
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, __, high) => [0, Math.max(1, high)] },
      y: log ? { distr: 3 } : { range: (_, __, high) => [0, high * 1.05 || 1] },
    },
    axes: [
      { ...axis, size: 24, space: 40 },
      { ...axis, size: 44, space: 26 },
    ],
    series: [
      {},
      { stroke: color("--ais-curve-batch"), width: 1, points: { show: false }, spanGaps: true },
      { stroke: color("--ais-accent"), width: 2, points: { show: true, size: 4 }, spanGaps: true },
      { stroke: color("--ais-curve-val"), width: 2, points: { show: true, size: 4 }, spanGaps: true },
    ],
  };
}
