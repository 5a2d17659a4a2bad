/** What the source held, by the lab's own watch of it. */
import type { ProbeRecord, SourceRecord } from "../../journal/mod.ts";
import { comparable } from "../comparable.ts";
import type { Span } from "../judgement.ts";
import { AGE_TOLERANCE_MS } from "../limits.ts";
import type { Run } from "../run.ts";

/** Name of the source's process. */
const SOURCE = "data_server";

/** Neighboring snapshots this many data intervals apart may have another one in between. */
const GAP_INTERVALS = 1.5;
/** Part of a data interval by which a snapshot may come early. */
const EARLY_INTERVALS = 0.5;

/** The snapshots of the source, by what a response reports. */
export interface Truth {
  /** The snapshot of a response; null if it is unknown. */
  snapshotOf(probe: ProbeRecord): SourceRecord | null;
  byId(snapshot_id: string): SourceRecord | null;
  /** The snapshot's value of the requested cell; undefined if it has no such cell. */
  valueIn(source: SourceRecord, probe: ProbeRecord): string | undefined;
  /** Snapshots that held the response's value, in any spelling, in order. */
  holding(probe: ProbeRecord): SourceRecord[];
  /** The watched cells: `switch metric`. */
  readonly keys: readonly string[];
  /** Whether the lab watched the response's switch and metric. */
  watched(probe: ProbeRecord): boolean;
  /** Whether the response may come from a snapshot that the watch did not see. */
  mayBeUnseen(probe: ProbeRecord): boolean;
}

export function truthOf(run: Run): Truth {
  const by_id = new Map(run.sources.map((source) => [source.snapshot_id, source]));
  const by_value = new Map<string, SourceRecord[]>();
  const keys = new Set<string>();
  for (const source of run.sources) {
    for (const [key, value] of Object.entries(source.values)) {
      keys.add(key);
      by_value.getOrInsertComputed(`${key} ${comparable(value)}`, () => []).push(source);
    }
  }
  const ids_lie = idsLie(run), unseen = unseenSpans(run);
  const named = ({ snapshot_id }: ProbeRecord) =>
    snapshot_id === null || ids_lie ? null : by_id.get(snapshot_id) ?? null;
  const truth: Truth = {
    byId: (snapshot_id) => by_id.get(snapshot_id) ?? null,
    valueIn: ({ values }, probe) => values[valueKey(probe) ?? ""],
    keys: [...keys],
    watched: (probe) => keys.has(valueKey(probe) ?? ""),
    holding(probe) {
      const key = valueKey(probe);
      if (key === null || probe.value === null) return [];
      return by_value.get(`${key} ${comparable(probe.value)}`) ?? [];
    },
    snapshotOf(probe) {
      const source = named(probe);
      if (source !== null || truth.mayBeUnseen(probe)) return source;
      // In the subject's favor: the newest snapshot that held the value.
      const answered_ms = run.epoch_ms + probe.t_ms;
      return truth.holding(probe).findLast(({ taken_ms }) => taken_ms <= answered_ms) ?? null;
    },
    mayBeUnseen(probe) {
      if (named(probe) !== null) return false;
      const { t_ms, latency_ms, age_ms } = probe;
      const answered_ms = run.epoch_ms + t_ms;
      // Without an age, any earlier snapshot is possible.
      const newest_ms = answered_ms - (age_ms ?? 0) + AGE_TOLERANCE_MS;
      const oldest_ms = answered_ms - latency_ms - (age_ms ?? Infinity) - AGE_TOLERANCE_MS;
      return unseen.some(({ from_ms, to_ms }) => from_ms <= newest_ms && to_ms >= oldest_ms);
    },
  };
  return truth;
}

function valueKey({ switch_id, metric }: ProbeRecord): string | null {
  return switch_id === null || metric === null ? null : `${switch_id} ${metric}`;
}

/** Whether a fault makes ETags wrong: then a snapshot id does not identify the data. */
export function idsLie(run: Run): boolean {
  return run.header.plan.faults.some(({ fault }) => fault.kind === "http.bad_etag");
}

/** Whether a fault freezes the time that the source reports: an age then dates no data. */
export function timesFreeze(run: Run): boolean {
  return run.header.plan.faults.some(({ fault }) => fault.kind === "http.frozen_timestamp");
}

/**
 * When the source may have taken a snapshot that the watch did not see, in epoch ms: after the last
 * one it saw, just before the source was killed, and while the watch got no answer.
 *
 *     seen      unseen  killed      started  seen
 *     ──●─────────[────────]───────────[──────●──
 *       └ data interval ┘
 */
function unseenSpans(run: Run): Span[] {
  const { data_interval_ms } = run.header.plan.settings;
  const down = sourceDown(run);
  return run.sources.flatMap(({ taken_ms }, i) => {
    const to_ms = run.sources[i + 1]?.taken_ms ?? Infinity;
    const restarted = down.some(({ from_ms }) => from_ms > taken_ms && from_ms < to_ms);
    if (!restarted && to_ms - taken_ms < GAP_INTERVALS * data_interval_ms) return [];
    const from_ms = taken_ms + (1 - EARLY_INTERVALS) * data_interval_ms;
    return without({ from_ms, to_ms }, down);
  });
}

/** When the source did not run, in epoch ms. */
function sourceDown({ processes, epoch_ms }: Run): Span[] {
  const down: Span[] = [];
  for (const { process, action, t_ms } of processes) {
    if (process !== SOURCE) continue;
    const last = down.at(-1);
    const is_down = last?.to_ms === Infinity;
    if (action === "killed" || action === "ended") {
      if (!is_down) down.push({ from_ms: epoch_ms + t_ms, to_ms: Infinity });
    } else if (action === "started" && is_down) last.to_ms = epoch_ms + t_ms;
  }
  return down;
}

/** The parts of a span outside the others, which are in order. */
function without(span: Span, others: readonly Span[]): Span[] {
  const parts: Span[] = [];
  let from_ms = span.from_ms;
  for (const other of others) {
    if (other.to_ms <= from_ms || other.from_ms >= span.to_ms) continue;
    if (other.from_ms > from_ms) parts.push({ from_ms, to_ms: other.from_ms });
    from_ms = other.to_ms;
  }
  return from_ms < span.to_ms ? [...parts, { from_ms, to_ms: span.to_ms }] : parts;
}
