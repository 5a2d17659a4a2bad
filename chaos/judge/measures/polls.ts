/** Polls of the source: how many there were, and which failed first. */
import type { HopRecord, StatsRecord } from "../../journal/mod.ts";
import { duration } from "../format.ts";
import type { Decision, Span } from "../judgement.ts";
import type { Run } from "../run.ts";
import { reading, type ReadMeasure } from "./reading.ts";

export interface Attempts {
  count: number;
  /** Time between the two samples of the counter. */
  over_ms: number;
  evidence: string;
}

interface Sample {
  t_ms: number;
  value: number;
}

/** A counter of polls over time. */
interface Counter {
  evidence: string;
  samples: Sample[];
  /** Whether the subject itself counts, not a proxy. */
  by_subject: boolean;
}

/** Faults under which attempts reach no proxy. */
const REFUSING: readonly string[] = ["tcp.refuse", "tcp.flap"];

/**
 * Attempts at the source in a span, by the counter that saw most: requests at the lab's HTTP proxy,
 * connections at its TCP proxy, or polls counted by the subject. Only a proxy sees a retry within a
 * poll. No proxy sees a refused connection: under such a fault only the subject's own count is
 * valid, and null means that it has none.
 */
export function attemptsIn(run: Run, span: Span): Attempts | null {
  const refuses = run.faults.some(({ fault, on_ms, off_ms }) =>
    REFUSING.includes(fault.kind) && fault.hop === "source" && on_ms < span.to_ms &&
    (off_ms ?? Infinity) > span.from_ms
  );
  return most(countersOf(run).filter(({ by_subject }) => by_subject || !refuses), span);
}

/** The same by the proxies alone, for a span without faults. */
export function attemptsAtSource(run: Run, span: Span): Attempts | null {
  return most(countersOf(run).filter(({ by_subject }) => !by_subject), span);
}

function most(counters: readonly Counter[], span: Span): Attempts | null {
  return counters.map(({ evidence, samples }) => growth(evidence, samples, span))
    .filter((found) => found !== null)
    .toSorted((a, b) => b.count / b.over_ms - a.count / a.over_ms)[0] ?? null;
}

/** All counters of polls that have at least two samples. */
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

/** The counter that saw most polls over the whole run; null without one. */
export function mostSeen(run: Run): Counter | null {
  const seen = ({ samples }: Counter) => samples[samples.length - 1].value - samples[0].value;
  return countersOf(run).toSorted((a, b) => seen(b) - seen(a))[0] ?? null;
}

/** Polls of all subjects together, once each has reported its count. */
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

interface FailuresSeen {
  /** By the subject's counters or its log, whichever has more. */
  count: number;
  first: Decision | null;
  /** The latest time at which certainly no poll had failed; null if `first` is exact. */
  none_until_ms: number | null;
}

/** Failed polls in a span, by the subject's log and counters; null if it has neither. */
export function failuresSeen(run: Run, { from_ms, to_ms }: Span): FailuresSeen | null {
  const polls = run.logs.filter(({ line }) => String(line.event).startsWith("poll."));
  const counted = run.stats.filter(({ failures }) => failures !== null);
  if (polls.length === 0 && counted.length === 0) return null;
  const inside = ({ t_ms }: { t_ms: number }) => t_ms >= from_ms && t_ms <= to_ms;
  const logged = polls.filter(inside).filter(({ line }) => line.event === "poll.error");
  const found: (Decision & { none_until_ms: number | null })[] = [];
  if (logged.length > 0) {
    const { t_ms, line } = logged[0];
    const text = `log: poll.error, cause ${line.cause}: ${line.detail ?? ""}`;
    found.push({ t_ms, text, none_until_ms: null });
  }
  let grown = 0;
  for (const subject of new Set(counted.map((stats) => stats.subject))) {
    const of_subject = counted.filter((stats) => stats.subject === subject);
    const last = of_subject.findLast(({ t_ms }) => t_ms < from_ms);
    let before = last?.failures ?? 0, read_ms = last?.t_ms ?? from_ms;
    for (const stats of of_subject.filter(inside)) {
      const failures = stats.failures ?? 0;
      if (failures > before) {
        const text = `stats: ${failures} failed polls, ${before} before`;
        found.push({ t_ms: stats.t_ms, text, none_until_ms: read_ms });
        grown += failures - before;
      }
      before = failures;
      read_ms = stats.t_ms;
    }
  }
  found.sort((a, b) => a.t_ms - b.t_ms);
  const count = Math.max(logged.length, grown);
  if (found.length === 0) return { count, first: null, none_until_ms: null };
  const { none_until_ms, ...first } = found[0];
  return { count, first, none_until_ms };
}

/**
 * Fault on → first failed poll, in ms, by the subject's log (`poll.error`) or its counters,
 * whichever is first. Counters are sampled: the true value lies between the last sample without a
 * failed poll and the first with one.
 *
 * Predicted: refused ≤ poll interval + fetch; hanging ≤ poll interval + poll timeout.
 */
export const detect: ReadMeasure = (run) => {
  const wanted = { samples_min: 1, noun: "failed poll" };
  const fault = run.faults[0];
  if (fault === undefined) return reading({ ...wanted, doubt: "no fault was on" });
  const seen = failuresSeen(run, { from_ms: fault.apply_ms, to_ms: fault.off_ms ?? run.last_ms });
  if (seen === null) {
    return reading({ ...wanted, doubt: "the subject neither logs nor counts failed polls" });
  }
  if (seen.first === null) {
    // Undetected for the whole length of the fault, so the true value is larger.
    const value = (fault.off_ms ?? run.last_ms) - fault.on_ms;
    const text = `no poll failed in the ${duration(value)} ${fault.id} was on`;
    return reading({ ...wanted, value, samples: 1, at: { t_ms: fault.on_ms + value, text } });
  }
  const value = Math.max(0, seen.first.t_ms - fault.on_ms);
  const { none_until_ms, first } = seen;
  const interval = none_until_ms === null
    ? null
    : [Math.max(0, none_until_ms - fault.on_ms), value] as const;
  return reading({ ...wanted, value, samples: 1, at: first, interval });
};
