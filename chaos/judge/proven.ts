/** What a held run has shown, in one sentence. Pure. */
import type { Measure } from "../vocabulary/mod.ts";
import { counted, duration, quantity } from "./format.ts";
import type { ConditionJudgement, SegmentLatency } from "./judgement.ts";
import { MEASURES } from "./measures/measures.ts";
import type { Run } from "./run.ts";
import { faultsOn, lengthOf, spansOf } from "./run_segments.ts";

/** More kinds of faults than these are counted, not named. */
const KINDS_NAMED_MAX = 2;

/**
 * The figures under fault that clients notice, of the promises the plan makes:
 *
 *     6 s of tcp.refuse: 0 of 3,120 requests failed, age peaked at 7.1 s (≤ 8.65 s predicted),
 *     p95 0.57 ms (control 0.54 ms), recovered after 385 ms; 20 conditions held
 */
export function provenSentence(
  run: Run,
  judged: readonly ConditionJudgement[],
  latencies: readonly SegmentLatency[],
): string {
  const underFault = (measure: Measure) =>
    judged.find(({ condition }) => condition.measure === measure && condition.when !== "unfaulted");
  const figures = [
    failed(run, underFault("load_error_share")),
    predicted("age peaked at", underFault("age_max_ms")),
    slowest(latencies, underFault("p95_ms")),
    predicted("recovered after", underFault("recover_ms")),
  ].filter((figure) => figure !== null);
  const held = `${counted(judged.length, "condition")} held`;
  return figures.length === 0 ? held : `${faultsText(run)}: ${figures.join(", ")}; ${held}`;
}

/** `6 s of tcp.refuse`; `after process.kill` if no fault lasted. */
function faultsText(run: Run): string {
  const kinds = [...new Set(run.faults.map(({ fault }) => fault.kind))];
  const named = kinds.length <= KINDS_NAMED_MAX
    ? kinds.join(" and ")
    : counted(kinds.length, "kind") + " of faults";
  const on_ms = lengthOf(faultsOn(run));
  return on_ms < 1 ? `after ${named}` : `${duration(on_ms)} of ${named}`;
}

/** `0 of 3,120 requests failed`; null if some may. */
function failed(run: Run, promised: ConditionJudgement | undefined): string | null {
  if (promised?.condition.bound !== 0) return null;
  return `${MEASURES.load_error_share.read(run, spansOf(run, "faulted")).note} failed`;
}

/** `age peaked at 7.1 s (≤ 8.65 s predicted)`. */
function predicted(what: string, promised: ConditionJudgement | undefined): string | null {
  if (promised === undefined || promised.measured === null) return null;
  const { measured, condition: { relation, bound, unit } } = promised;
  return `${what} ${quantity(measured, unit)} (${relation} ${quantity(bound, unit)} predicted)`;
}

/** `p95 0.57 ms (control 0.54 ms)`: the slowest segment with a fault. */
function slowest(
  latencies: readonly SegmentLatency[],
  promised: ConditionJudgement | undefined,
): string | null {
  const [slowest] = latencies.filter(({ name }) => name === "fault on")
    .toSorted((a, b) => b.subject.p95_ms - a.subject.p95_ms);
  if (promised === undefined || slowest === undefined) return null;
  const { subject, control } = slowest;
  const beside = control === null ? "" : ` (control ${quantity(control.p95_ms, "ms")})`;
  return `p95 ${quantity(subject.p95_ms, "ms")}${beside}`;
}
