/** How often the source was asked, by whatever tells. */
import type { HopRecord, StatsRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";
import type { Span } from "../span.ts";

/** A counter's growth. */
export interface Attempts {
  count: number;
  /** Over which time, between two of the counter's samples. */
  over_ms: number;
  evidence: string;
}

interface Sample {
  t_ms: number;
  value: number;
}

/** A counter of polls over time. */
export interface Counter {
  evidence: string;
  samples: Sample[];
  /** Counted by the subject itself, not on the way. */
  by_subject: boolean;
}

/** Faults under which attempts end before any proxy. */
const REFUSING: readonly string[] = ["tcp.refuse", "tcp.flap"];

/**
 * Attempts at the source in a span, from each counter there is, the largest first: requests at the
 * lab's HTTP proxy, connections at its TCP proxy, polls the subject counts itself. A retry within a
 * poll may be counted by a proxy only: whoever saw most is right. A refused connection reaches no
 * proxy: where a fault refuses them, null says that nobody counted, unless the subject did.
 */
export function attemptsIn(run: Run, span: Span): Attempts | null {
  const refuses = run.faults.some(({ fault, on_ms, off_ms }) =>
    REFUSING.includes(fault.kind) && fault.hop === "source" && on_ms < span.to_ms &&
    (off_ms ?? Infinity) > span.from_ms
  );
  return countersOf(run).filter(({ by_subject }) => by_subject || !refuses)
    .map(({ evidence, samples }) => growth(evidence, samples, span))
    .filter((found) => found !== null)
    .toSorted((a, b) => b.count / b.over_ms - a.count / a.over_ms)[0] ?? null;
}

/** All counters of polls: by name, in time. */
export function countersOf(run: Run): Counter[] {
  const hop = (layer: HopRecord["layer"], count: (record: HopRecord) => number | null) =>
    run.hops.filter((record) => record.hop === "source" && record.layer === layer)
      .map((record) => ({ t_ms: record.t_ms, value: count(record) }))
      .filter((sample): sample is Sample => sample.value !== null);
  return [
    {
      evidence: "requests at the HTTP proxy",
      samples: hop("http", ({ requests }) => requests),
      by_subject: false,
    },
    {
      evidence: "connections at the TCP proxy",
      samples: hop("tcp", (record) => record.connections),
      by_subject: false,
    },
    { evidence: "polls the subject counted", samples: pollTotals(run), by_subject: true },
  ].filter(({ samples }) => samples.length > 1);
}

/** Polls of all subjects together, from when each has told. */
function pollTotals(run: Run): Sample[] {
  const latest = new Map<number, StatsRecord>();
  const totals: Sample[] = [];
  const restarts = new Map<number, number>();
  for (const stats of run.stats) {
    if (stats.polls === null) continue;
    const before = latest.get(stats.subject)?.polls ?? 0;
    // A restarted subject counts from 0 again.
    if (stats.polls < before) {
      restarts.set(stats.subject, (restarts.get(stats.subject) ?? 0) + before);
    }
    latest.set(stats.subject, stats);
    if (latest.size < run.header.plan.settings.subjects) continue;
    let value = 0;
    for (const [subject, { polls }] of latest) value += (polls ?? 0) + (restarts.get(subject) ?? 0);
    totals.push({ t_ms: stats.t_ms, value });
  }
  return totals;
}

/** Growth between the first and the last sample within the span. */
function growth(evidence: string, samples: readonly Sample[], span: Span): Attempts | null {
  const inside = samples.filter(({ t_ms }) => t_ms >= span.from_ms && t_ms <= span.to_ms);
  if (inside.length < 2) return null;
  const first = inside[0], last = inside[inside.length - 1];
  // A restarted proxy counts from 0 again.
  const count = Math.max(0, last.value - first.value);
  return { count, over_ms: last.t_ms - first.t_ms, evidence };
}
