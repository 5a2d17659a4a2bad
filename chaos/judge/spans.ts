/** Which part of a run a condition is about. */
import type { When } from "../vocabulary/mod.ts";
import type { Run } from "./run.ts";
import type { Span } from "./span.ts";

/** Before any fault; null in a cold start, which has none. */
export function baseline(run: Run): Span | null {
  const phase = run.phases.find(({ phase }) => phase === "baseline");
  if (phase === undefined) return null;
  const first_ms = Math.min(...run.faults.map(({ asked_ms }) => asked_ms));
  const to_ms = Math.min(phase.to_ms, first_ms);
  return to_ms > phase.from_ms ? { from_ms: phase.from_ms, to_ms } : null;
}

/** From the first fault until the run takes the subject for recovered, or ends. */
export function underFault(run: Run): Span | null {
  if (run.faults.length === 0) return null;
  const from_ms = Math.min(...run.faults.map(({ asked_ms }) => asked_ms));
  return { from_ms, to_ms: Math.max(from_ms, verify(run)?.from_ms ?? run.last_ms) };
}

/** While a fault was fully on: where several overlap or touch, one span. */
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

/** When the last fault was off; null where one was still on when the journal ended, or none ever was. */
export function lifted(run: Run): number | null {
  if (run.faults.length < run.header.plan.faults.length) return null;
  const offs = run.faults.map(({ off_ms }) => off_ms);
  return offs.length === 0 || offs.some((off_ms) => off_ms === null)
    ? null
    : Math.max(...offs.map(Number));
}

/** After the time the subject was given to recover. */
export function verify(run: Run): Span | null {
  return run.phases.find(({ phase }) => phase === "verify") ?? null;
}

/**
 * Spans of a condition: `unfaulted` is the baseline and what comes after the recovery, `faulted`
 * all between them (also the time it takes to recover, in which ages are largest), `always` from the
 * one to the other without a gap.
 */
export function spansOf(run: Run, when: When): Span[] {
  const before = baseline(run), during = underFault(run), after = verify(run);
  if (when === "faulted") return during === null ? [] : [during];
  if (when === "unfaulted") return [before, after].filter((span) => span !== null);
  const spans = [before, during, after].filter((span) => span !== null);
  if (spans.length === 0) return [];
  return [{ from_ms: spans[0].from_ms, to_ms: spans[spans.length - 1].to_ms }];
}

/** What lies in any of the spans. */
export function inSpans<T extends { t_ms: number }>(records: readonly T[], spans: readonly Span[]) {
  return records.filter(({ t_ms }) => within(t_ms, spans));
}

/** Whether an instant lies in any of the spans. */
export function within(t_ms: number, spans: readonly Span[]): boolean {
  return spans.some(({ from_ms, to_ms }) => t_ms >= from_ms && t_ms <= to_ms);
}

/** How long the spans are together. */
export function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0);
}

function liftBegins(run: Run): number {
  return run.phases.find(({ phase }) => phase === "lift")?.from_ms ?? run.last_ms;
}
