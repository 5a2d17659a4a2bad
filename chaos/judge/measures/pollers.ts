/** Which replicas poll the source: all of them together, and those that only follow. */
import type { StatsRecord } from "../../journal/mod.ts";
import { subjectName } from "../../vocabulary/mod.ts";
import { counted, duration } from "../format.ts";
import type { Span } from "../judgement.ts";
import { POLLS_MIN } from "../limits.ts";
import { isBusyWithOthers } from "../others_cpu.ts";
import { subjectOf } from "../replicas.ts";
import type { Run } from "../run.ts";
import { inSpans, settled } from "../run_segments.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { restartsOf } from "./replicas.ts";

/**
 * Requests at the source over the polls that one poller makes in that time: how many replicas
 * polled at the same time, on average. It counts what the source saw, or the replicas' own counters
 * if these have more.
 *
 * Predicted ≤ 1.05 while one replica leads; at most the number of replicas while each polls alone.
 * After the lift, replicas first have time to agree on one leader.
 */
export const pollersRatio: ReadMeasure = (run, given) => {
  const { poll_ms } = run.header.plan.settings;
  const spans = settled(run, given);
  const counts = [bySource(run, spans), byReplicas(run, spans)].filter((count) => count !== null)
    .toSorted((a, b) => leastOf(b) - leastOf(a));
  const wanted = { samples_min: POLLS_MIN, noun: "expected poll" };
  if (counts.length === 0) return reading({ ...wanted, doubt: "no counter of polls" });
  const [{ polls_per_ms, error_per_ms, over_ms, evidence }] = counts;
  const ratio = polls_per_ms * poll_ms;
  const by_replica = counts.find(({ evidence }) => evidence.startsWith(COUNTED))?.evidence ??
    "no replica counts its polls";
  return reading({
    ...wanted,
    value: ratio,
    samples: Math.floor(over_ms / poll_ms),
    at: {
      t_ms: spans[spans.length - 1].to_ms,
      text: `${(polls_per_ms * 1000).toFixed(2)} polls/s (${evidence}), ` +
        `${(1000 / poll_ms).toFixed(2)} by one poller; ${by_replica}`,
    },
    interval: [ratio - error_per_ms * poll_ms, ratio + error_per_ms * poll_ms],
    note: by_replica,
  });
};

interface PollRate {
  polls_per_ms: number;
  /** Error of {@link polls_per_ms}. */
  error_per_ms: number;
  over_ms: number;
  evidence: string;
}

/** The counter that proves most decides. */
function leastOf({ polls_per_ms, error_per_ms }: PollRate): number {
  return polls_per_ms - error_per_ms;
}

/** Polls that a busy machine moves into or out of a span. */
const BUSY_POLLS_ERROR = 3;

const COUNTED = "polls counted: ";

function bySource(run: Run, spans: readonly Span[]): PollRate | null {
  const samples = run.hops.filter(({ hop, layer }) => hop === "source" && layer === "http")
    .map(({ t_ms, requests }) => ({ t_ms, value: requests ?? 0 }));
  const { count, over_ms, parts } = growthIn(samples, spans);
  if (over_ms === 0) return null;
  const error = errorOf(run, spans);
  const evidence = `${counted(count, "request")} at the source in ${duration(over_ms)}`;
  return {
    polls_per_ms: count / over_ms,
    error_per_ms: error * parts / over_ms,
    over_ms,
    evidence,
  };
}

function byReplicas(run: Run, spans: readonly Span[]): PollRate | null {
  const growths = [...statsBySubject(run.stats)].toSorted(([a], [b]) => a - b)
    .map(([subject, samples]) => {
      const counters = samples.map(({ t_ms, polls }) => ({ t_ms, value: Number(polls) }));
      return { name: subjectName(subject), ...growthIn(counters, spans) };
    }).filter(({ over_ms }) => over_ms > 0);
  if (growths.length === 0) return null;
  const error = errorOf(run, spans);
  const polling = growths.filter(({ count }) => count > 0);
  return {
    polls_per_ms: polling.reduce((sum, { count, over_ms }) => sum + count / over_ms, 0),
    error_per_ms: polling.reduce((sum, { parts, over_ms }) => sum + error * parts / over_ms, 0),
    over_ms: Math.max(...growths.map(({ over_ms }) => over_ms)),
    evidence: COUNTED + growths.map(({ name, count }) => `${name} ${count}`).join(", "),
  };
}

/**
 * Error of a counter's growth within one span, in polls either way: one, and more if a busy machine
 * delays polls and samples.
 */
function errorOf(run: Run, spans: readonly Span[]): number {
  return isBusyWithOthers(run, spans) ? BUSY_POLLS_ERROR : 1;
}

/** Growth of a counter within the spans; a restarted program counts from 0 again. */
function growthIn(samples: readonly { t_ms: number; value: number }[], spans: readonly Span[]) {
  let count = 0, over_ms = 0, parts = 0;
  for (const span of spans) {
    const inside = inSpans(samples, [span]);
    if (inside.length < 2) continue;
    parts++;
    over_ms += inside[inside.length - 1].t_ms - inside[0].t_ms;
    inside.slice(1).forEach(({ value }, i) => {
      const before = inside[i].value;
      count += value < before ? value : value - before;
    });
  }
  return { count, over_ms, parts };
}

function statsBySubject(stats: readonly StatsRecord[]): Map<number, StatsRecord[]> {
  return Map.groupBy(stats.filter(({ polls }) => polls !== null), ({ subject }) => subject);
}

/**
 * Polls by a replica while it followed: growth of its counter between two samples in which it is a
 * follower under the same lease, and since its start if it was a follower from the start on. A
 * count, predicted 0.
 */
export const followerPolls: ReadMeasure = (run, spans) => {
  let samples = 0, polls = 0, at: { t_ms: number; text: string } | null = null;
  const count = (more: number, { subject, t_ms }: StatsRecord) => {
    samples++;
    polls += Math.max(0, more);
    if (more > 0) {
      at ??= {
        t_ms,
        text: `${subjectName(subject)} polled ${counted(more, "time")} as a follower`,
      };
    }
  };
  for (const [subject, records] of statsBySubject(inSpans(run.stats, spans))) {
    const starts = restartsOf(run).filter((start) => subjectOf(start.process) === subject);
    for (const [i, sample] of records.entries()) {
      if (sample.role !== "follower") continue;
      const before = records[i - 1];
      const start = starts.findLast(({ t_ms }) => t_ms < sample.t_ms);
      if (start !== undefined && (before === undefined || before.t_ms < start.t_ms)) {
        count(Number(sample.polls), sample);
      } else if (before?.role === "follower" && before.fence === sample.fence) {
        count(Number(sample.polls) - Number(before.polls), sample);
      }
    }
  }
  const noun = "sample of a follower's counters";
  return reading({ value: samples === 0 ? null : polls, samples, samples_min: 2, noun, at });
};
