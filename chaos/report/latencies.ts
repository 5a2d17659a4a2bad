/** Latencies of subject and control in each segment of a run: a chart, a table, and lines. Pure. */
import {
  bucketPercentile,
  countOf,
  duration,
  instant,
  latenciesOf,
  quantity,
  type Run,
  type SegmentLatency,
} from "../judge/mod.ts";
import { type Markup, markup, wide } from "./markup.ts";
import type { Point, Series } from "./series.ts";

/** The judged p95 of both sides as lines, and the subject's windows as dots. */
export function p95Series(run: Run): Omit<Series, "bounds"> {
  const latencies = latenciesOf(run);
  const line = (of: (segment: SegmentLatency) => number | null): Point[] =>
    latencies.flatMap((segment) => [
      { t_ms: segment.from_ms, value: of(segment) },
      { t_ms: segment.to_ms, value: of(segment) },
      { t_ms: segment.to_ms, value: null },
    ]);
  return {
    name: "p95",
    title: "p95 of all requests in a segment of the run",
    unit: "ms",
    points: line(({ subject }) => subject.p95_ms),
    control: line(({ control }) => control?.p95_ms ?? null),
    dots: run.load_due.filter(({ durations }) => countOf(durations) > 0)
      .map(({ t_ms, window_ms, durations }) => ({
        t_ms: t_ms - window_ms / 2,
        value: bucketPercentile(durations, 95),
      })),
    stepped: false,
  };
}

const FIGURES = ["p95_ms", "p99_ms", "max_ms"] as const;

const cellsOf = ({ subject, control }: SegmentLatency): string[] =>
  [subject, control].flatMap((side) =>
    FIGURES.map((figure) => quantity(side?.[figure] ?? null, "ms"))
  );

/** `baseline` or `fault on`, with its time. */
const nameOf = ({ name, from_ms, to_ms }: SegmentLatency) =>
  `${name}, ${instant(from_ms)} to ${instant(to_ms)}`;

/** A table for the page; null without a load. */
export function latencyTable(latencies: readonly SegmentLatency[]): Markup | null {
  if (latencies.length === 0) return null;
  const heads = ["subject p95", "p99", "max", "control p95", "p99", "max"];
  return markup`<h2>Latency of all requests</h2>
${
    wide(
      "Latency of all requests",
      markup`<table>
<thead><tr><th scope="col">segment</th><th class="number" scope="col">requests</th>${
        heads.map((head) => markup`<th class="number" scope="col">${head}</th>`)
      }</tr></thead>
<tbody>
${
        latencies.map((segment) =>
          markup`<tr><td>${nameOf(segment)}</td><td class="number">${
            quantity(segment.subject.requests, "")
          }</td>${cellsOf(segment).map((cell) => markup`<td class="number">${cell}</td>`)}</tr>
`
        )
      }</tbody></table>`,
    )
  }`;
}

const NAME_COLUMNS = 20, CELL_COLUMNS = 9;

/** The same as lines of at most 80 columns. */
export function latencyLines(latencies: readonly SegmentLatency[]): string[] {
  if (latencies.length === 0) return [];
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(NAME_COLUMNS) +
    cells.map((cell, i) => cell.padStart(CELL_COLUMNS + (i === 3 ? 3 : 0))).join("");
  return [
    `${"".padEnd(NAME_COLUMNS)}${"subject".padStart(CELL_COLUMNS)}${
      "control".padStart(3 * CELL_COLUMNS + 3)
    }`,
    row("latency", ["p95", "p99", "max", "p95", "p99", "max"]),
    ...latencies.map((segment) =>
      row(
        `${segment.name}, ${duration(Math.round(segment.to_ms - segment.from_ms))}`,
        cellsOf(segment),
      )
    ),
  ];
}
