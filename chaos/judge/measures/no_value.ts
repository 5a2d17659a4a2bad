/** Answers of status 200 that carry no value: an empty body is not an answer because it says 200. */
import type { ProbeRecord } from "../../journal/mod.ts";
import type { FaultSpan, Run } from "../run.ts";
import { truthOf } from "./truth.ts";

/** Cells of which a cache may say that they have no value. */
const NOTHING = ["", "n/a", "nan"];

/** Faults that write other values into what the source said, so that a value cannot be looked up. */
const REWRITES: readonly string[] = ["http.na_flood", "http.counter_reset"];

/**
 * Whether an answer owes a value and has none: the subject's answers carry values, and neither did
 * the source leave that cell empty nor a fault.
 *
 * ```ts
 * const lacksValue = valuesOwed(run);
 * probes.filter(lacksValue); // {"age_ms":5} from a cache that lost what it held
 * ```
 */
export function valuesOwed(run: Run): (probe: ProbeRecord) => boolean {
  // Journals of before do not say what the subject file names: then the answers do.
  const tells = run.header.tells?.value ?? run.probes.some(({ value }) => value !== null);
  if (!tells) return () => false;
  const truth = truthOf(run);
  const leftEmpty = (probe: ProbeRecord) => {
    const named = probe.snapshot_id === null ? null : truth.byId(probe.snapshot_id);
    return (named === null ? run.sources : [named]).some((source) =>
      NOTHING.includes(truth.said(source, probe)?.trim().toLowerCase() ?? "-")
    );
  };
  return (probe) =>
    probe.status === 200 && probe.value === null && truth.watched(probe) &&
    !wasRewritten(run, probe, ["http.na_flood"]) && !leftEmpty(probe);
}

/**
 * Whether a fault that writes other values may be in the answer's data: from when it was asked for
 * until the poll after it was lifted, or that poll's next try, must have brought others.
 */
export function wasRewritten(run: Run, { t_ms }: ProbeRecord, kinds = REWRITES): boolean {
  const { poll_ms, poll_timeout_ms, backoff_max_ms } = run.header.plan.settings;
  const later_ms = Math.max(poll_ms, backoff_max_ms) + poll_timeout_ms;
  const reaches = ({ asked_ms, off_ms }: FaultSpan) =>
    t_ms >= asked_ms && t_ms <= (off_ms ?? Infinity) + later_ms;
  return run.faults.some((fault) => kinds.includes(fault.fault.kind) && reaches(fault));
}
