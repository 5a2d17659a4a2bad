/** Probes that ask for data, and how a probe is told. */
import type { ProbeRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";
import type { Span } from "../span.ts";
import { inSpans } from "../spans.ts";
import { duration } from "../quantity.ts";
import { valuesOwed } from "./no_value.ts";

/** Probes of the subject's own state: their answers carry no data, and 503 may be right. */
const STATE_PROBES: readonly string[] = ["stats", "readyz", "healthz"];

/** Probes that ask for data. */
export function dataProbes(run: Run, spans: readonly Span[]): ProbeRecord[] {
  return inSpans(run.probes, spans).filter(({ probe }) => !STATE_PROBES.includes(probe));
}

/**
 * Whether an answer is what the probe expects: its status, and where a value was asked for, one.
 *
 * ```ts
 * const isGood = goodAnswers(run);
 * dataProbes(run, spans).filter(isGood);
 * ```
 */
export function goodAnswers(run: Run): (probe: ProbeRecord) => boolean {
  const lacksValue = valuesOwed(run);
  return (probe) =>
    probe.error === null && (probe.status === 200 || probe.status === 304) && !lacksValue(probe);
}

/** Whether the answer carries data, be it empty: a claim about the fabric somebody may rely on. */
export function hasData({ status }: ProbeRecord): boolean {
  return status === 200;
}

/** `getmetric sw-003 latency_us: 200 in 1.2 ms, value 7, age 14.2 s, snapshot abc-12`. */
export function describeProbe(record: ProbeRecord): string {
  const { probe, switch_id, metric, status, latency_ms, value, age_ms, snapshot_id, error } =
    record;
  const asked = [probe, switch_id, metric].filter((part) => part !== null).join(" ");
  const answer = status === 0 ? "no answer" : String(status);
  const parts = [
    `${answer} in ${duration(latency_ms)}`,
    error === null ? null : error,
    value === null ? null : `value ${value}`,
    hasData(record) ? age_ms === null ? "no age" : `age ${duration(age_ms)}` : null,
    snapshot_id === null ? null : `snapshot ${snapshot_id}`,
  ];
  return `${asked}: ${parts.filter((part) => part !== null).join(", ")}`;
}
