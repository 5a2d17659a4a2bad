/** The latencies of subject and control in each segment of a run, for reports. */
import type { SegmentLatency, SideLatency } from "./judgement.ts";
import { segmentsOf, windowsWith } from "./measures/latency.ts";
import { poolAll, type Pooled } from "./pooled.ts";
import type { Run } from "./run.ts";
import { baseline, faultsOn, spansOf } from "./run_segments.ts";

export function latenciesOf(run: Run): SegmentLatency[] {
  const first_ms = baseline(run)?.to_ms ?? -Infinity;
  const on = faultsOn(run);
  return segmentsOf(run, spansOf(run, "always")).flatMap((segment) => {
    const windows = windowsWith(run, segment);
    if (windows.length === 0) return [];
    const from_ms = segment[0].from_ms, to_ms = segment[segment.length - 1].to_ms;
    const middle_ms = (from_ms + to_ms) / 2;
    const is_on = on.some((span) => span.from_ms <= middle_ms && middle_ms < span.to_ms);
    const name = from_ms < first_ms ? "baseline" : is_on ? "fault on" : "after";
    const { subject, control } = poolAll(windows);
    const sideOf = (side: Pooled): SideLatency => ({
      requests: side.count,
      p95_ms: side.percentile(95),
      p99_ms: side.percentile(99),
      max_ms: side.percentile(100),
    });
    return [{
      name,
      from_ms,
      to_ms,
      subject: sideOf(subject),
      control: control === null ? null : sideOf(control),
    }];
  });
}
