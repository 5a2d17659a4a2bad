/** Responses to probes: which have data, which are good, and which snapshot they come from. */
import type { ProbeRecord } from "../../journal/mod.ts";
import { PROBE_DEADLINE_MS, subjectName } from "../../vocabulary/mod.ts";
import { isMissing } from "../comparable.ts";
import { duration } from "../format.ts";
import type { Span } from "../judgement.ts";
import { AGE_TOLERANCE_MS, PROBE_LATE_MS_MAX } from "../limits.ts";
import type { FaultSpan, Run } from "../run.ts";
import { inSpans } from "../run_segments.ts";
import { longestWait } from "./blocks.ts";
import { truthOf } from "./truth.ts";

/** Probes of the subject's own state: their responses have no data, and 503 may be right. */
const STATE_PROBES: readonly string[] = ["stats", "readyz", "healthz"];

/**
 * Probes that request data. While a fault keeps one of several subjects from answering, its probes
 * do not count: the others must answer. A probe that the lab or the machine failed never counts.
 */
export function dataProbes(run: Run, spans: readonly Span[]): ProbeRecord[] {
  return inSpans(run.probes, spans)
    .filter((probe) => isDataProbe(probe) && !wasDown(run, probe) && !wasHindered(run, probe));
}

/** Error of a probe for which the lab got no socket: no free port, or too many open files. */
const NO_SOCKET = "connect_failed";
const TIMEOUTS: readonly (string | null)[] = ["timeout", "connect_timeout"];

/**
 * Whether a probe failed for other reasons than the subject: the lab got no socket; it looked at
 * its deadline so late that the answer may have been there; or threads of the subject waited for a
 * core for half of the deadline.
 */
function wasHindered(run: Run, { t_ms, latency_ms, error, subject = 0 }: ProbeRecord): boolean {
  if (error === NO_SOCKET) return true;
  if (!TIMEOUTS.includes(error)) return false;
  if (latency_ms > PROBE_DEADLINE_MS + PROBE_LATE_MS_MAX) return true;
  const waited_ms = longestWait(run, subject, { from_ms: t_ms - latency_ms, to_ms: t_ms });
  return waited_ms !== null && waited_ms >= PROBE_DEADLINE_MS / 2;
}

export function isDataProbe({ probe }: ProbeRecord): boolean {
  return !STATE_PROBES.includes(probe);
}

/** Probes grouped by subject, in order of the subjects' numbers. */
export function bySubject(probes: readonly ProbeRecord[]): Map<number, ProbeRecord[]> {
  const grouped = Map.groupBy(probes, ({ subject = 0 }) => subject);
  return new Map([...grouped].toSorted(([a], [b]) => a - b));
}

/** Whether the subject did not run for some of the time between request and response. */
function wasDown(run: Run, { subject = 0, t_ms, latency_ms }: ProbeRecord): boolean {
  const spans = run.down.get(subject) ?? [];
  return spans.some(({ from_ms, to_ms }) => t_ms >= from_ms && t_ms - latency_ms <= to_ms);
}

/** Whether a response is what its probe expects: its status, and the values that it owes. */
export function goodAnswers(run: Run): (probe: ProbeRecord) => boolean {
  const lacksValue = valuesOwed(run), lackOf = lackOfRows(run);
  return (probe) =>
    probe.error === null && (probe.status === 200 || probe.status === 304) &&
    lackOf(probe) === null && !cellsOf(probe).some(lacksValue);
}

/** The cells of a list as responses to value probes; any other response is the only one. */
export function cellsOf(probe: ProbeRecord): ProbeRecord[] {
  if (probe.list === undefined) return [probe];
  return Object.entries(probe.list.values).map(([key, value]) => {
    const at = key.lastIndexOf(" ");
    return { ...probe, switch_id: key.slice(0, at), metric: key.slice(at + 1), value };
  });
}

/** Faults after which a list may lack rows. */
const ROW_LOSSES: readonly string[] = ["http.torn_rows", "http.removed_rows"];

/** What a list lacks that its source has, for reports; null if it is whole, or no list. */
export function lackOfRows(run: Run): (probe: ProbeRecord) => string | null {
  const { keys, byId } = truthOf(run);
  const rows_min = Math.min(...run.sources.map(({ rows = 0 }) => rows));
  return (probe) => {
    const { list, snapshot_id } = probe;
    if (list === undefined || !hasData(probe) || wasRewritten(run, probe, ROW_LOSSES)) return null;
    const missing = keys.find((key) => !Object.hasOwn(list.values, key));
    if (missing !== undefined) return `it has no ${missing}, though the source has`;
    const rows = (snapshot_id === null ? undefined : byId(snapshot_id)?.rows) ?? rows_min;
    return list.rows < rows ? `it has ${list.rows} of the source's ${rows} rows` : null;
  };
}

/** Whether the response has data. Even an empty one is a statement about the fabric. */
export function hasData({ status }: ProbeRecord): boolean {
  return status === 200;
}

/** `getmetric sw-003 latency_us: 200 in 1.2 ms, value 7, age 14.2 s, snapshot abc-12`. */
export function describeProbe(record: ProbeRecord): string {
  const { probe, switch_id, metric, status, latency_ms, value, age_ms, snapshot_id, error } =
    record;
  const from = record.subject === undefined ? null : `from ${subjectName(record.subject)}`;
  const request = [probe, switch_id, metric, from].filter((part) => part !== null).join(" ");
  const answer = status === 0 ? "no answer" : String(status);
  const parts = [
    latency_ms === 0 ? answer : `${answer} in ${duration(latency_ms)}`,
    error === null ? null : error,
    value === null ? null : `value ${value}`,
    hasData(record) ? age_ms === null ? "no age" : `age ${duration(age_ms)}` : null,
    snapshot_id === null ? null : `snapshot ${snapshot_id}`,
  ];
  return `${request}: ${parts.filter((part) => part !== null).join(", ")}`;
}

/** Faults that change the source's values, so that they cannot be looked up. */
const REWRITES: readonly string[] = ["http.na_flood", "http.counter_reset"];

/** Whether a 200 response owes a value, which neither the source nor a fault left empty. */
export function valuesOwed(run: Run): (probe: ProbeRecord) => boolean {
  // Older journals lack `tells`. Then the responses show whether they have values.
  const has_values = run.header.tells?.value ?? run.probes.some(({ value }) => value !== null);
  if (!has_values) return () => false;
  const truth = truthOf(run);
  const leftEmpty = (probe: ProbeRecord) => {
    const named = probe.snapshot_id === null ? null : truth.byId(probe.snapshot_id);
    return (named === null ? run.sources : [named]).some((source) =>
      isMissing(truth.valueIn(source, probe) ?? "-")
    );
  };
  return (probe) =>
    probe.status === 200 && probe.value === null && truth.watched(probe) &&
    !truth.mayBeUnseen(probe) &&
    !wasRewritten(run, probe, ["http.na_flood"]) && !leftEmpty(probe);
}

/**
 * Whether the response may hold values written by a fault: from the start of the fault until the
 * first poll after the lift, or its retry, must have replaced them. If another fault prevents that,
 * the data's age shows that it is from before the lift.
 */
export function wasRewritten(run: Run, probe: ProbeRecord, kinds = REWRITES): boolean {
  const { t_ms, age_ms } = probe;
  const { poll_ms, poll_timeout_ms, backoff_max_ms } = run.header.plan.settings;
  const later_ms = Math.max(poll_ms, backoff_max_ms) + poll_timeout_ms;
  const reaches = ({ apply_ms, off_ms }: FaultSpan) =>
    t_ms >= apply_ms &&
    (t_ms <= (off_ms ?? Infinity) + later_ms ||
      age_ms !== null && t_ms - age_ms <= Number(off_ms) + AGE_TOLERANCE_MS);
  return run.faults.some((fault) => kinds.includes(fault.fault.kind) && reaches(fault));
}
