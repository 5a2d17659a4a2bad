/** Where values and instants lie in a chart. Pure. */
import type { Span } from "../judge/mod.ts";

/** Sizes of a chart, in SVG units: CSS pixels where it is as wide as the page. */
export const CHART = {
  width: 960,
  left: 66,
  right: 14,
  top: 14,
  plot_height: 150,
  bottom: 26,
} as const;

/** x of an instant. */
export type X = (t_ms: number) => number;

/** The same scale for every chart of a page, so that what is above each other happened together. */
export function timeScale({ from_ms, to_ms }: Span): X {
  const length_ms = Math.max(1, to_ms - from_ms);
  const plot_width = CHART.width - CHART.left - CHART.right;
  return (t_ms) => {
    const share = Math.min(1, Math.max(0, (t_ms - from_ms) / length_ms));
    return round(CHART.left + share * plot_width);
  };
}

/**
 * Ticks at 1, 2 or 5 times a power of ten, `count` of them or a few less.
 *
 * ```ts
 * ticks(0, 9, 5); // [0, 2, 4, 6, 8]
 * ```
 */
export function ticks(from: number, to: number, count: number): number[] {
  if (!(to > from)) return [from];
  const wanted = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted)!;
  const first = Math.ceil(from / step);
  return Array.from(
    { length: Math.floor(to / step + 1e-9) - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

/** Coordinates need no more digits than that. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
