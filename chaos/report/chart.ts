/** One measured series as an SVG chart: faults shaded, the predicted bound beside what was measured. */
import { type Decision, instant, quantity, type Span } from "../judge/mod.ts";
import { CHART, round, ticks, timeScale, type X } from "./chart_scale.ts";
import { type Markup, markup } from "./markup.ts";
import type { BoundLine, Point, Series } from "./series.ts";

/** What all charts of a run share. */
export interface ChartContext extends Span {
  /** When faults were on. */
  faults: readonly Span[];
  /** The sample that decided the verdict. */
  decided_by: Decision | null;
}

/** Smallest top of an axis, by unit: so that noise of nothing is not drawn as mountains. */
const TOP_MIN: Readonly<Record<string, number>> = { "ms": 1, "%": 0.01, "/s": 1 };

/** Most points that tell their value when pointed at. */
const POINTED_MAX = 600;

/** Lines of a chart never leave its plot by more than this. */
const HEADROOM = 1.12;

/** The chart as markup. */
export function chart(series: Series, context: ChartContext): Markup {
  const x = timeScale(context);
  const shown = series.points.filter(({ t_ms }) => t_ms >= context.from_ms);
  const top = topOf(series, shown);
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
<path class="measured" d="${series.stepped ? steps(shown, x, y) : line(shown, x, y)}"/>
${boundLines(series, { x, y, top })}
${decision(context, x)}
${pointed(series, shown, x, y)}
</svg>`;
}

function topOf({ bounds, unit }: Series, shown: readonly Point[]): number {
  const values = [...shown, ...bounds].map(({ value }) => value ?? 0).filter(Number.isFinite);
  return values.reduce((top, value) => Math.max(top, value), TOP_MIN[unit] ?? 1) * HEADROOM;
}

function shade({ from_ms, to_ms }: Span, x: X): Markup {
  const width = Math.max(1, x(to_ms) - x(from_ms));
  return markup`<rect class="fault" x="${x(from_ms)}" y="${CHART.top}" width="${
    round(width)
  }" height="${CHART.plot_height}"/>`;
}

/** Labels of instants, below the plot. */
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

function line(points: readonly Point[], x: X, y: Y): string {
  let draws = false;
  return points.map(({ t_ms, value }) => {
    if (value === null) {
      draws = false;
      return "";
    }
    const command = draws ? "L" : "M";
    draws = true;
    // A point by itself has no line: a dot's worth of one shows it.
    return `${command}${x(t_ms)} ${y(value)}${command === "M" ? "h0.1" : ""}`;
  }).join("");
}

/** Each value holds until the next point. */
function steps(points: readonly Point[], x: X, y: Y): string {
  const lengths = points.slice(1).map(({ t_ms }, i) => t_ms - points[i].t_ms);
  const usual_ms = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 500;
  let draws = false;
  return points.map(({ t_ms, value }, i) => {
    if (value === null) {
      draws = false;
      return "";
    }
    const until_ms = t_ms + Math.min(lengths[i] ?? usual_ms, 2 * usual_ms);
    const command = draws ? "L" : "M";
    draws = true;
    return `${command}${x(t_ms)} ${y(value)}H${x(until_ms)}`;
  }).join("");
}

/** Bounds where they count, each told once beside its line. */
function boundLines(
  { bounds, unit, name }: Series,
  { x, y, top }: { x: X; y: Y; top: number },
): Markup[] {
  const told = new Set<string>();
  const sign = name === "upstream" ? "" : "≤ ";
  return bounds.map((bound) => {
    const { from_ms, to_ms, value } = bound;
    const text = value === 0 ? `= ${quantity(0, unit)}` : `${sign}${quantity(value, unit)}`;
    const at = y(value);
    const drawn = markup`<line class="bound" x1="${x(from_ms)}" x2="${
      x(to_ms)
    }" y1="${at}" y2="${at}"><title>${boundTitle(bound, text)}</title></line>`;
    if (told.has(text)) return drawn;
    told.add(text);
    const below = value > top * 0.9;
    return markup`${drawn}<text class="bound-label" x="${x(from_ms) + 6}" y="${
      round(below ? at + 16 : at - 6)
    }">${text}</text>`;
  });
}

function boundTitle({ text }: BoundLine, value: string): string {
  return `predicted ${value}: ${text}`;
}

function decision({ decided_by, from_ms, to_ms }: ChartContext, x: X): Markup | null {
  if (decided_by === null || decided_by.t_ms < from_ms || decided_by.t_ms > to_ms) return null;
  const at = x(decided_by.t_ms);
  const bottom = CHART.top + CHART.plot_height;
  return markup`<g class="decision"><line x1="${at}" x2="${at}" y1="${CHART.top}" y2="${bottom}"/><path d="M${
    at - 5
  } ${CHART.top - 9}h10l-5 8z"/><title>${instant(decided_by.t_ms)}: ${decided_by.text}</title></g>`;
}

/** What says its value when pointed at; no script needed. */
function pointed({ unit }: Series, points: readonly Point[], x: X, y: Y): Markup[] {
  const every = Math.max(1, Math.ceil(points.length / POINTED_MAX));
  return points.filter(({ value }, i) => value !== null && i % every === 0).map((
    { t_ms, value },
  ) =>
    markup`<circle class="point" cx="${x(t_ms)}" cy="${y(value ?? 0)}" r="5"><title>${
      instant(t_ms)
    }: ${quantity(value, unit)}</title></circle>`
  );
}

function summary({ title, unit, bounds }: Series, shown: readonly Point[]): string {
  const measured = shown.filter(({ value }) => value !== null);
  if (measured.length === 0) return `${title}: nothing was measured`;
  const largest = measured.reduce((a, b) => (b.value ?? 0) > (a.value ?? 0) ? b : a);
  const predicted = bounds.length === 0
    ? ""
    : `; predicted ${[...new Set(bounds.map(({ value }) => quantity(value, unit)))].join(", ")}`;
  return `${title}: at most ${quantity(largest.value, unit)}, at ${
    instant(largest.t_ms)
  }${predicted}`;
}
