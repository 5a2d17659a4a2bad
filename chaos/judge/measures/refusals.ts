/** Data that is refused, or must be: rows that the source removed, and data that is too old. */
import type { ProbeRecord } from "../../journal/mod.ts";
import { fetchTime, isRemoved, pollInterval, pollTimeout } from "../../vocabulary/mod.ts";
import { counted, duration } from "../format.ts";
import { AGE_TOLERANCE_MS, COMPARISONS_MIN } from "../limits.ts";
import type { FaultSpan, Run } from "../run.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { cellsOf, dataProbes, goodAnswers, hasData } from "./responses.ts";
import { firstOf, type Lie } from "./sightings.ts";

/**
 * Responses that refuse data they owe, refuse it without the reason, or have data they must refuse.
 * A count, predicted 0.
 *
 * A switch whose row is gone from the source is 404, by its name, from the next poll on, and the
 * list lacks it. Data older than `max_stale_ms` is 503 with a reason. Everything else is owed. A
 * sample is a response that had to refuse, or to leave a switch out: without any, 0 proves nothing.
 */
export const refusalErrors: ReadMeasure = (run, spans) => {
  const wrong: Lie[] = [];
  const judge = judgeOf(run);
  let samples = 0;
  for (const probe of dataProbes(run, spans)) {
    const cells = probe.list === undefined ? [probe] : [probe, ...cellsOf(probe)];
    const judged = cells.map((cell) => ({ probe: cell, ...judge(cell) }));
    if (judged.some(({ was_due }) => was_due)) samples++;
    const lie = judged.find(({ text }) => text !== null);
    if (lie !== undefined) wrong.push({ probe: lie.probe, text: lie.text! });
  }
  return reading({
    value: samples === 0 && wrong.length === 0 ? null : wrong.length,
    samples,
    samples_min: COMPARISONS_MIN,
    noun: "response that had to refuse data",
    at: firstOf(wrong),
    note: `${wrong.length} wrong, ${counted(samples, "refusal")} due`,
  });
};

interface Judged {
  /** Whether the response had to refuse. */
  was_due: boolean;
  /** What is wrong with it, or null. */
  text: string | null;
}

/** Judges responses in the order of time: a refusal is too early by the age of the last data. */
function judgeOf(run: Run): (probe: ProbeRecord) => Judged {
  const max_ms = run.header.plan.settings.max_stale_ms ?? 0;
  const isGood = goodAnswers(run);
  const newest_ms = new Map<number, number>();
  return (probe) => {
    const { subject = 0, t_ms, latency_ms, status, age_ms, error } = probe;
    const wrong = (text: string | null, was_due = false): Judged => ({ was_due, text });
    if (hasData(probe)) {
      if (age_ms !== null) {
        // In the subject's favor: as old as if it had been served when it was requested.
        const taken_ms = t_ms - latency_ms - age_ms;
        newest_ms.set(subject, Math.max(newest_ms.get(subject) ?? -Infinity, taken_ms));
      }
      if (max_ms > 0 && age_ms !== null && age_ms > max_ms) {
        return wrong(`it must be refused when older than ${duration(max_ms)}`, true);
      }
      if (removal(run, probe) === "gone") {
        return wrong("the source had removed the switch a poll ago", true);
      }
      return wrong(isGood(probe) ? null : "it lacks data that it owes");
    }
    if (status === 404) {
      const removed = removal(run, probe);
      if (removed === "there") return wrong("the source has the switch");
      const is_named = error?.includes(probe.switch_id ?? "") === true;
      return wrong(is_named ? null : "it does not name the switch", removed === "gone");
    }
    if (status !== 503 || max_ms === 0) return wrong("it is neither data nor a due refusal");
    const old_ms = t_ms - (newest_ms.get(subject) ?? -Infinity);
    if (old_ms < max_ms - AGE_TOLERANCE_MS) {
      return wrong(`the data was ${duration(old_ms)} old, and is owed up to ${duration(max_ms)}`);
    }
    return wrong(error === null ? "it has no reason" : null, true);
  };
}

/** Whether the row of a response's switch is gone, may be gone, or is there. */
function removal(run: Run, probe: ProbeRecord): "gone" | "unclear" | "there" {
  const { t_ms, latency_ms, switch_id } = probe;
  if (switch_id === null) return "there";
  const { settings } = run.header.plan;
  // A poll that the change just missed, and the next one, which may take until its timeout.
  const poll_ms = pollInterval().plus(pollTimeout(), fetchTime()).of({ settings, fault_ms: 0 });
  const state = ({ fault, apply_ms, on_ms, off_ms }: FaultSpan) => {
    if (!isRemoved(switch_id, Number(fault.params.share))) return "there";
    const end_ms = off_ms ?? Infinity;
    if (t_ms < apply_ms || t_ms - latency_ms > end_ms + poll_ms.value) return "there";
    return t_ms - latency_ms > on_ms + poll_ms.value && t_ms < end_ms ? "gone" : "unclear";
  };
  const removals = run.faults.filter(({ fault }) => fault.kind === "http.removed_rows");
  return removals.map(state).find((one) => one !== "there") ?? "there";
}
