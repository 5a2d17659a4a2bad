/** The series that reports draw over time. Pure. */
import { areReplicas, type Condition, type Measure } from "../vocabulary/mod.ts";
import { dataProbes, goodAnswers, type Run, spansOf } from "../judge/mod.ts";
import { p95Series } from "./latencies.ts";
import { replicaSeries } from "./replicas.ts";

/** Points in time order. A `null` value interrupts the line. */
export interface Series {
  /** `age`, `p95`, … */
  name: string;
  title: string;
  unit: string;
  points: Point[];
  /** The same quantity of the control, as a second line. */
  control?: Point[];
  /** Single measurements behind the line, drawn faintly. */
  dots?: Point[];
  bounds: BoundLine[];
  /** Whether each value holds until the next point. */
  stepped: boolean;
}

export interface Point {
  t_ms: number;
  value: number | null;
}

export interface BoundLine {
  from_ms: number;
  to_ms: number;
  value: number;
  text: string;
}

/** A line does not join points that are further apart than this, in ms. */
const GAP_MS = 1500;

/** Width of a column of errors, in ms. */
const ERROR_COLUMN_MS = 500;

/** All series, in the order of the charts. */
export function seriesOf(run: Run): Series[] {
  return [
    ageSeries(run),
    { ...p95Series(run), bounds: boundsOf(run, "p95_ms") },
    errorSeries(run),
    upstreamSeries(run),
    ...replicaSeries(run).map((series) => ({
      ...series,
      bounds: boundsOf(run, series.name === "skew" ? "skew_p99_ms" : "pollers_ratio"),
    })),
  ];
}

function ageSeries(run: Run): Series {
  const reported = run.probes.filter(({ age_ms, status }) => age_ms !== null && status === 200)
    .map(({ t_ms, age_ms }) => ({ t_ms, value: age_ms }));
  return {
    name: "age",
    title: "Age of the data served",
    unit: "ms",
    points: withGaps(reported),
    bounds: boundsOf(run, "age_max_ms"),
    stepped: false,
  };
}

function errorSeries(run: Run): Series {
  const columns = new Map<number, { bad: number; all: number }>();
  const count = (t_ms: number, bad: number, all: number) => {
    const column = Math.floor(t_ms / ERROR_COLUMN_MS) * ERROR_COLUMN_MS;
    const before = columns.get(column) ?? { bad: 0, all: 0 };
    columns.set(column, { bad: before.bad + bad, all: before.all + all });
  };
  for (const { t_ms, window_ms, failed, requests } of run.load) {
    count(t_ms - window_ms / 2, failed, requests);
  }
  // Like the judge: a 200 without the value it owes is a failure.
  const isGood = goodAnswers(run);
  for (const probe of dataProbes(run, [{ from_ms: -Infinity, to_ms: Infinity }])) {
    count(probe.t_ms, isGood(probe) ? 0 : 1, 1);
  }
  const points = [...columns].toSorted(([a], [b]) => a - b).map(([t_ms, { bad, all }]) => ({
    t_ms,
    value: all === 0 ? null : bad / all,
  }));
  return {
    name: "errors",
    title: "Failed requests and probes",
    unit: "%",
    points,
    bounds: boundsOf(run, "load_error_share"),
    stepped: true,
  };
}

/** Polls a second, by the HTTP proxy, else the subject, else the TCP proxy. */
function upstreamSeries(run: Run): Series {
  const hop = (layer: "tcp" | "http") =>
    run.hops.filter((record) => record.hop === "source" && record.layer === layer);
  const http = hop("http").filter(({ requests }) => requests !== null)
    .map(({ t_ms, requests }) => ({ t_ms, value: Number(requests) }));
  const tcp = hop("tcp").map(({ t_ms, connections }) => ({ t_ms, value: connections }));
  const polls = run.stats.filter((stats) => stats.polls !== null && stats.subject === 0)
    .map((stats) => ({ t_ms: stats.t_ms, value: Number(stats.polls) }));
  const [title, counter] = http.length > 1
    ? ["Requests that reach the source", http]
    : polls.length > 1
    ? ["Polls of the source, counted by the subject", polls]
    : ["Connections to the source", tcp];
  const points = counter.slice(1).map(({ t_ms, value }, i) => ({
    t_ms: counter[i].t_ms,
    value: Math.max(0, value - counter[i].value) / (t_ms - counter[i].t_ms) * 1000,
  })).filter(({ value }) => Number.isFinite(value));
  const { poll_ms, subjects } = run.header.plan.settings;
  const pollers = areReplicas(run.header.plan.settings) ? 1 : subjects;
  const per_s = 1000 / poll_ms * pollers;
  const bounds = points.length === 0 ? [] : [{
    from_ms: points[0].t_ms,
    to_ms: points[points.length - 1].t_ms,
    value: per_s,
    text: `a poll every ${poll_ms} ms${pollers > 1 ? ` × ${pollers}` : ""}`,
  }];
  return { name: "upstream", title, unit: "/s", points, bounds, stepped: true };
}

function boundsOf(run: Run, measure: Measure): BoundLine[] {
  const upper = run.header.plan.conditions.filter((condition) =>
    condition.measure === measure && condition.relation !== "≥"
  );
  return upper.flatMap((condition: Condition) =>
    spansOf(run, condition.when).map(({ from_ms, to_ms }) => ({
      from_ms,
      to_ms: Math.min(to_ms, run.end?.t_ms ?? run.last_ms),
      value: condition.bound,
      text: condition.because,
    }))
  );
}

function withGaps(points: readonly { t_ms: number; value: number | null }[]): Point[] {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    const gap = before !== undefined && point.t_ms - before.t_ms > GAP_MS;
    return gap ? [{ t_ms: before.t_ms + 1, value: null }, point] : [point];
  });
}
