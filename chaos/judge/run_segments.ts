/** Parts of a run: the spans of its conditions, and the segments that are judged separately. */
import { settleTime, type When } from "../vocabulary/mod.ts";
import type { Span } from "./judgement.ts";
import type { Run } from "./run.ts";

/** The time before any fault; null in a cold start, which has none. */
export function baseline(run: Run): Span | null {
  const phase = run.phases.find(({ phase }) => phase === "baseline");
  if (phase === undefined) return null;
  const first_ms = Math.min(...run.faults.map(({ apply_ms }) => apply_ms));
  const to_ms = Math.min(phase.to_ms, first_ms);
  return to_ms > phase.from_ms ? { from_ms: phase.from_ms, to_ms } : null;
}

/** From the first fault until the run considers the subject recovered, or ends. */
export function underFault(run: Run): Span | null {
  if (run.faults.length === 0) return null;
  const from_ms = Math.min(...run.faults.map(({ apply_ms }) => apply_ms));
  return { from_ms, to_ms: Math.max(from_ms, verify(run)?.from_ms ?? run.last_ms) };
}

/** The times when a fault was fully on; overlapping and adjacent ones are merged. */
export function faultsOn(run: Run): Span[] {
  const spans = run.faults.filter(({ on_error }) => on_error === null)
    .map(({ on_ms, off_ms }) => ({ from_ms: on_ms, to_ms: off_ms ?? liftBegins(run) }))
    .filter(({ from_ms, to_ms }) => to_ms > from_ms)
    .toSorted((a, b) => a.from_ms - b.from_ms);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.from_ms > last.to_ms) merged.push({ ...span });
    else last.to_ms = Math.max(last.to_ms, span.to_ms);
  }
  return merged;
}

/** When the last fault was off; null if a fault of the plan was never on or never lifted. */
export function lifted(run: Run): number | null {
  if (run.faults.length < run.header.plan.faults.length) return null;
  const offs = run.faults.map(({ off_ms }) => off_ms);
  return offs.length === 0 || offs.some((off_ms) => off_ms === null)
    ? null
    : Math.max(...offs.map(Number));
}

/**
 * The time after the recovery. A backoff that began under a partial fault may outlast the first
 * good answers, so it begins when every subject has served data newer than the lift, or when the
 * time that the plan allows for the recovery has passed.
 */
export function verify(run: Run): Span | null {
  const phase = run.phases.find(({ phase }) => phase === "verify");
  if (phase === undefined) return null;
  const { from_ms, to_ms } = phase, lift_ms = lifted(run) ?? -Infinity;
  const due_ms = lift_ms + run.header.plan.recover.within_ms;
  const begins_ms = Math.max(from_ms, Math.min(renewedAt(run, lift_ms), due_ms));
  return { from_ms: Math.min(begins_ms, to_ms), to_ms };
}

/** When the last subject first served data newer than `lift_ms`; Infinity if one did not. */
function renewedAt({ probes }: Run, lift_ms: number): number {
  const firsts = new Map<number, number>();
  for (const { probe, t_ms, subject = 0, age_ms, status } of probes) {
    if (probe !== "getmetric" || t_ms <= lift_ms) continue;
    const is_renewed = status === 200 && t_ms - (age_ms ?? 0) > lift_ms;
    const first_ms = is_renewed ? t_ms : Infinity;
    firsts.set(subject, Math.min(firsts.get(subject) ?? Infinity, first_ms));
  }
  return Math.max(-Infinity, ...firsts.values());
}

/**
 * The spans a condition covers: `unfaulted` is the baseline and the time after the recovery,
 * `faulted` the time in between (the recovery included, when ages are largest), `always` all of it
 * without a gap.
 */
export function spansOf(run: Run, when: When): Span[] {
  const before = baseline(run), during = underFault(run), after = verify(run);
  if (when === "faulted") return during === null ? [] : [during];
  if (when === "unfaulted") return [before, after].filter((span) => span !== null);
  const spans = [before, during, after].filter((span) => span !== null);
  if (spans.length === 0) return [];
  return [{ from_ms: spans[0].from_ms, to_ms: spans[spans.length - 1].to_ms }];
}

/** The spans without the time that replicas need after the lift to agree on one leader. */
export function settled(run: Run, spans: readonly Span[]): Span[] {
  const lift_ms = lifted(run) ?? Infinity;
  const agreed_ms = lift_ms + settleTime(run.header.plan.settings);
  return spans.map(({ from_ms, to_ms }) => ({
    from_ms: from_ms < lift_ms ? from_ms : Math.max(from_ms, agreed_ms),
    to_ms,
  })).filter(({ from_ms, to_ms }) => to_ms > from_ms);
}

export function inSpans<T extends { t_ms: number }>(records: readonly T[], spans: readonly Span[]) {
  return records.filter(({ t_ms }) =>
    spans.some(({ from_ms, to_ms }) => t_ms >= from_ms && t_ms <= to_ms)
  );
}

/** Total length of the spans. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0);
}

function liftBegins(run: Run): number {
  return run.phases.find(({ phase }) => phase === "lift")?.from_ms ?? run.last_ms;
}

/**
 * Cuts the spans at the end of the baseline and whenever a fault goes on or off. Each segment is
 * judged separately, so that a short bad one is not averaged away.
 */
export function cutAtFaults(run: Run, spans: readonly Span[]): Span[] {
  const before = baseline(run);
  const edges = [
    ...(before === null ? [] : [before.to_ms]),
    ...faultsOn(run).flatMap(({ from_ms, to_ms }) => [from_ms, to_ms]),
  ].toSorted((a, b) => a - b);
  return spans.flatMap(({ from_ms, to_ms }) => {
    const inner = edges.filter((edge_ms) => edge_ms > from_ms && edge_ms < to_ms);
    const starts = [from_ms, ...inner], ends = [...inner, to_ms];
    return starts.map((start_ms, i) => ({ from_ms: start_ms, to_ms: ends[i] }))
      .filter((segment) => segment.to_ms > segment.from_ms);
  });
}

/** Joins each segment that is too small to the shorter of its neighbors, the shortest first. */
export function joinSmall(
  segments: readonly (readonly Span[])[],
  isEnough: (segment: readonly Span[]) => boolean,
): (readonly Span[])[] {
  const joined = [...segments];
  while (joined.length > 1) {
    const small = joined.filter((segment) => !isEnough(segment))
      .toSorted((a, b) => lengthOf(a) - lengthOf(b))[0];
    if (small === undefined) break;
    const at = joined.indexOf(small);
    const before = at === 0 ? Infinity : lengthOf(joined[at - 1]);
    const after = at === joined.length - 1 ? Infinity : lengthOf(joined[at + 1]);
    const first = before <= after ? at - 1 : at;
    joined.splice(first, 2, concatenate(joined[first], joined[first + 1]));
  }
  return joined;
}

/** Adjacent spans become one, so that a window across the seam counts. */
function concatenate(a: readonly Span[], b: readonly Span[]): Span[] {
  const last = a[a.length - 1], [next, ...rest] = b;
  if (last.to_ms < next.from_ms) return [...a, ...b];
  return [...a.slice(0, -1), { from_ms: last.from_ms, to_ms: next.to_ms }, ...rest];
}
