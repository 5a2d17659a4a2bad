/** A measured series as an SVG chart with the faults and the predicted bounds. Pure. */
import { type Decision, instant, quantity, type Span } from "../judge/mod.ts";
import { type Markup, markup } from "./markup.ts";
import type { Point, Series } from "./series.ts";

/** What all charts of a run have in common. */
export interface ChartContext extends Span {
  faults: readonly Span[];
  /** The sample that decided the verdict. */
  decided_by: Decision | null;
}

/** Smallest top of an axis, by unit, so that noise near 0 stays flat. */
const TOP_MIN: Readonly<Record<string, number>> = { "ms": 1, "%": 0.01, "/s": 1 };

const TOOLTIPS_MAX = 600;

/** Share of the dots that the axis has room for; the rest are at its top. */
const DOTS_SHOWN = 0.95;

/** Top of the axis over the largest value. */
const HEADROOM = 1.12;

export function chart(series: Series, context: ChartContext): Markup {
  const x = timeScale(context);
  const shown = series.points.filter(({ t_ms }) => t_ms >= context.from_ms);
  const top = topOf(series, shown);
  const within = (points: readonly Point[] = []) =>
    points.filter(({ t_ms }) => t_ms >= context.from_ms && t_ms <= context.to_ms);
  const y = (value: number) =>
    round(CHART.top + CHART.plot_height * (1 - Math.min(1, Math.max(0, value / top))));
  const height = CHART.top + CHART.plot_height + CHART.bottom;
  const { width, left, right } = CHART;
  const label = summary(series, shown);
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<title>${label}</title>
${context.faults.map((span) => shade(span, x))}
${
    ticks(0, top, 5).map((value) =>
      markup`<line class="grid" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${
        y(value)
      }"/>
<text class="tick" x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${
        quantity(value, series.unit)
      }</text>
`
    )
  }${timeAxis(context, x)}
${dots(within(series.dots), x, y)}
${
    series.control === undefined
      ? null
      : markup`<path class="control" d="${line(within(series.control), x, y)}"/>`
  }
<path class="measured" d="${series.stepped ? steps(shown, x, y) : line(shown, x, y)}"/>
${boundLines(series, { x, y, top })}
${decision(context, x)}
${tooltips(series, shown, x, y)}
</svg>`;
}

function topOf({ bounds, unit, control = [], dots = [] }: Series, shown: readonly Point[]): number {
  const sorted = dots.map(({ value }) => value ?? 0).toSorted((a, b) => a - b);
  const dot = sorted[Math.floor((sorted.length - 1) * DOTS_SHOWN)] ?? 0;
  const values = [...[...shown, ...bounds, ...control].map(({ value }) => value ?? 0), dot]
    .filter(Number.isFinite);
  return values.reduce((top, value) => Math.max(top, value), TOP_MIN[unit] ?? 1) * HEADROOM;
}

function dots(points: readonly Point[], x: X, y: Y): Markup[] {
  return points.filter(({ value }) => value !== null).map(({ t_ms, value }) =>
    markup`<circle class="dot" cx="${x(t_ms)}" cy="${y(value ?? 0)}" r="1.6"/>`
  );
}

function shade({ from_ms, to_ms }: Span, x: X): Markup {
  const width = Math.max(1, x(to_ms) - x(from_ms));
  return markup`<rect class="fault" x="${x(from_ms)}" y="${CHART.top}" width="${
    round(width)
  }" height="${CHART.plot_height}"/>`;
}

function timeAxis({ from_ms, to_ms }: Span, x: X): Markup {
  const bottom = CHART.top + CHART.plot_height;
  const labels = ticks(from_ms / 1000, to_ms / 1000, 10).map((t_s) =>
    markup`<line class="axis" x1="${x(t_s * 1000)}" x2="${x(t_s * 1000)}" y1="${bottom}" y2="${
      bottom + 4
    }"/><text class="tick" x="${x(t_s * 1000)}" y="${
      bottom + 18
    }" text-anchor="middle">${t_s} s</text>`
  );
  return markup`<line class="axis" x1="${CHART.left}" x2="${
    CHART.width - CHART.right
  }" y1="${bottom}" y2="${bottom}"/>${labels}`;
}

type Y = (value: number) => number;

/** An SVG path of the points, interrupted by each `null`. */
function path(
  points: readonly Point[],
  draw: (command: "M" | "L", t_ms: number, value: number, i: number) => string,
): string {
  let command: "M" | "L" = "M";
  return points.map(({ t_ms, value }, i) => {
    const text = value === null ? "" : draw(command, t_ms, value, i);
    command = value === null ? "M" : "L";
    return text;
  }).join("");
}

function line(points: readonly Point[], x: X, y: Y): string {
  // A single point has no line, so it gets a very short one.
  return path(
    points,
    (command, t_ms, value) => `${command}${x(t_ms)} ${y(value)}${command === "M" ? "h0.1" : ""}`,
  );
}

/** Each value holds until the next point. */
function steps(points: readonly Point[], x: X, y: Y): string {
  const lengths = points.slice(1).map(({ t_ms }, i) => t_ms - points[i].t_ms);
  const usual_ms = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 500;
  return path(points, (command, t_ms, value, i) => {
    const until_ms = t_ms + Math.min(lengths[i] ?? usual_ms, 2 * usual_ms);
    return `${command}${x(t_ms)} ${y(value)}H${x(until_ms)}`;
  });
}

/** Lines of the bounds; each value is labelled once. */
function boundLines(
  { bounds, unit, name }: Series,
  { x, y, top }: { x: X; y: Y; top: number },
): Markup[] {
  const labelled = new Set<string>();
  const sign = name === "upstream" ? "" : "≤ ";
  return bounds.map((bound) => {
    const { from_ms, to_ms, value, text: because } = bound;
    const text = value === 0 ? `= ${quantity(0, unit)}` : `${sign}${quantity(value, unit)}`;
    const at = y(value);
    const drawn = markup`<line class="bound" x1="${x(from_ms)}" x2="${
      x(to_ms)
    }" y1="${at}" y2="${at}"><title>predicted ${text}: ${because}</title></line>`;
    if (labelled.has(text)) return drawn;
    labelled.add(text);
    const below = value > top * 0.9;
    return markup`${drawn}<text class="bound-label" x="${x(from_ms) + 6}" y="${
      round(below ? at + 16 : at - 6)
    }">${text}</text>`;
  });
}

function decision({ decided_by, from_ms, to_ms }: ChartContext, x: X): Markup | null {
  if (decided_by === null || decided_by.t_ms < from_ms || decided_by.t_ms > to_ms) return null;
  const at = x(decided_by.t_ms);
  const bottom = CHART.top + CHART.plot_height;
  return markup`<g class="decision"><line x1="${at}" x2="${at}" y1="${CHART.top}" y2="${bottom}"/><path d="M${
    at - 5
  } ${CHART.top - 9}h10l-5 8z"/><title>${instant(decided_by.t_ms)}: ${decided_by.text}</title></g>`;
}

/** Points with a tooltip, without a script. */
function tooltips({ unit }: Series, points: readonly Point[], x: X, y: Y): Markup[] {
  const every = Math.max(1, Math.ceil(points.length / TOOLTIPS_MAX));
  return points.filter(({ value }, i) => value !== null && i % every === 0).map(({ t_ms, value }) =>
    markup`<circle class="point" cx="${x(t_ms)}" cy="${y(value ?? 0)}" r="5"><title>${
      instant(t_ms)
    }: ${quantity(value, unit)}</title></circle>`
  );
}

function summary({ title, unit, bounds }: Series, shown: readonly Point[]): string {
  const measured = shown.filter(({ value }) => value !== null);
  if (measured.length === 0) return `${title}: no data`;
  const largest = measured.reduce((a, b) => (b.value ?? 0) > (a.value ?? 0) ? b : a);
  const predicted = bounds.length === 0
    ? ""
    : `; predicted ${[...new Set(bounds.map(({ value }) => quantity(value, unit)))].join(", ")}`;
  return `${title}: at most ${quantity(largest.value, unit)}, at ${
    instant(largest.t_ms)
  }${predicted}`;
}

/** Sizes of a chart, in SVG units. They are CSS pixels at the full width of the page. */
export const CHART = {
  width: 960,
  left: 66,
  right: 14,
  top: 14,
  plot_height: 150,
  bottom: 26,
} as const;

/** The x coordinate of a time. */
export type X = (t_ms: number) => number;

/** The time scale of a chart. Charts of a page share it, so simultaneous events align. */
export function timeScale({ from_ms, to_ms }: Span): X {
  const length_ms = Math.max(1, to_ms - from_ms);
  const plot_width = CHART.width - CHART.left - CHART.right;
  return (t_ms) => {
    const share = Math.min(1, Math.max(0, (t_ms - from_ms) / length_ms));
    return round(CHART.left + share * plot_width);
  };
}

/**
 * Ticks at 1, 2 or 5 times a power of ten: at most `count` of them, or one more.
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

/** A coordinate with one decimal. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
