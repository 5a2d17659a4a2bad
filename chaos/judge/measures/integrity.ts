/** Lies: values the source never held, data that goes back in time, and wrong ages. */
import type { ProbeRecord } from "../../journal/mod.ts";
import { counted, duration } from "../format.ts";
import { AGE_TOLERANCE_MS, COMPARISONS_MIN } from "../limits.ts";
import type { Run } from "../run.ts";
import { answersOf, groupProbe, loadBackwards, loadGroups } from "./load_answers.ts";
import { notCompared, reading, type ReadMeasure } from "./reading.ts";
import { cellsOf, dataProbes, hasData, lackOfRows, valuesOwed, wasRewritten } from "./responses.ts";
import { backwards, firstOf, type Lie, sightingsOf } from "./sightings.ts";
import { idsLie, type Truth, truthOf } from "./truth.ts";

/**
 * Responses, also of the load, with a value that the source never held for that switch and metric,
 * or not in the named snapshot; responses without the value they owe; lists with such a value or
 * without a row; and responses from an older snapshot than one served before. A count, predicted 0.
 *
 * A response that may come from a snapshot that the watch did not see is not compared. If too many
 * responses could not be compared, a count of 0 proves nothing.
 */
export const badDataAccepted: ReadMeasure = (run, spans) => {
  const truth = truthOf(run);
  const lacksValue = valuesOwed(run), lackOf = lackOfRows(run);
  const bad: (Lie & { count?: number })[] = [];
  let samples = 0, not_compared = 0;
  const compare = (probe: ProbeRecord, count: number): Lie | null => {
    const owes_value = lacksValue(probe);
    if (probe.switch_id === null || probe.value === null && !owes_value) return null;
    const text = owes_value
      ? "it has no value, though the source had one"
      : truth.watched(probe)
      ? problemOf(run, truth, probe)
      : undefined;
    if (text === undefined) not_compared += count;
    else samples += count;
    return typeof text === "string" ? { probe, text } : null;
  };
  for (const probe of dataProbes(run, spans).filter(hasData)) {
    const lack = lackOf(probe);
    // A list is bad once, however much of it is wrong.
    let lie: Lie | null = lack === null ? null : { probe, text: lack };
    for (const cell of cellsOf(probe)) {
      const wrong = compare(cell, 1);
      lie ??= wrong;
    }
    if (lie !== null) bad.push(lie);
  }
  for (const group of loadGroups(run, spans)) {
    for (const { probe, count } of answersOf(run, group)) {
      const lie = compare(probe, count);
      if (lie !== null) bad.push({ ...lie, count });
    }
  }
  bad.push(
    ...backwards(sightingsOf(run, spans, truth).filter(({ is_exact }) => is_exact)),
    ...loadBackwards(run, spans, truth),
  );
  bad.sort((a, b) => a.probe.t_ms - b.probe.t_ms);
  const value = bad.reduce((sum, { count = 1 }) => sum + count, 0);
  return reading({
    value: samples === 0 && bad.length === 0 ? null : value,
    samples,
    samples_min: COMPARISONS_MIN,
    noun: "value that could be compared",
    at: firstOf(bad),
    doubt: notCompared(not_compared, samples),
    note: `${value.toLocaleString("en-US")} of ${counted(samples, "value")}`,
  });
};

/** What is wrong with a value; null if it is right, undefined if that is unknown. */
function problemOf(run: Run, truth: Truth, probe: ProbeRecord): string | null | undefined {
  const named = probe.snapshot_id === null ? null : truth.byId(probe.snapshot_id);
  const holding = truth.holding(probe);
  // A wrong ETag is the source's fault: the value itself is right.
  if (holding.length > 0 && (named === null || holding.includes(named) || idsLie(run))) return null;
  if (named !== null) {
    return `snapshot ${named.snapshot_id} had ${truth.valueIn(named, probe) ?? "no such value"}`;
  }
  return truth.mayBeUnseen(probe) ? undefined : "the source never had that value";
}

/**
 * Responses with data that report no age, one younger than the data is by more than the tolerance,
 * or different ages in header and body. A count, predicted 0.
 *
 * True age = time of the request − time of the source's snapshot, which is found by its reported
 * id, else by the value. The tolerance is {@link AGE_TOLERANCE_MS}. Under a fault that sets the
 * source's clock ahead it includes a data interval, a poll interval and a timeout: only the
 * source's clock shows these.
 */
export const unlabelledStale: ReadMeasure = (run, spans) => {
  const truth = truthOf(run);
  const tolerance_ms = ageTolerance(run);
  const unlabelled: Lie[] = [];
  let samples = 0, not_compared = 0;
  for (const probe of dataProbes(run, spans)) {
    if (!hasData(probe)) continue;
    const ages = agesOf(run, probe);
    const problem = problemOfAges(ages);
    if (problem !== null) {
      samples++;
      unlabelled.push({ probe, text: problem });
      continue;
    }
    const age_ms = Math.min(...ages.map(Number));
    const snapshot = truth.snapshotOf(probe);
    if (snapshot === null) {
      // A list may name no snapshot, and values written by a fault are in none.
      if (probe.switch_id !== null && !wasRewritten(run, probe)) not_compared++;
      continue;
    }
    samples++;
    // In the subject's favor: the age when the probe was sent.
    const true_ms = run.epoch_ms + probe.t_ms - probe.latency_ms - snapshot.taken_ms;
    if (age_ms < true_ms - tolerance_ms) {
      unlabelled.push({ probe, text: `the data was ${duration(true_ms)} old` });
    }
  }
  for (const group of loadGroups(run, spans)) {
    const probe = groupProbe(group);
    const snapshot = truth.snapshotOf(probe);
    if (probe.age_ms === null || snapshot === null) continue;
    samples++;
    const true_ms = run.epoch_ms + probe.t_ms - snapshot.taken_ms;
    if (probe.age_ms < true_ms - tolerance_ms) {
      unlabelled.push({ probe, text: `the data was ${duration(true_ms)} old` });
    }
  }
  unlabelled.sort((a, b) => a.probe.t_ms - b.probe.t_ms);
  return reading({
    value: samples === 0 ? null : unlabelled.length,
    samples,
    samples_min: COMPARISONS_MIN,
    noun: "response from a known snapshot",
    at: firstOf(unlabelled),
    doubt: notCompared(not_compared, samples),
    note: `${unlabelled.length} of ${counted(samples, "response")}`,
  });
};

/** The ages of a response: in its headers, and in its body if the subject file has a pointer. */
function agesOf({ header }: Run, { age_ms, body_age_ms, list }: ProbeRecord): (number | null)[] {
  const in_list = header.tells?.list_age === true ? list?.age_ms : undefined;
  const in_body = in_list === undefined ? body_age_ms : in_list;
  return in_body === undefined ? [age_ms] : [age_ms, in_body];
}

/** Why the ages of one response cannot both be true; null if they can. */
function problemOfAges([age_ms, in_body]: readonly (number | null)[]): string | null {
  if (age_ms === null) return "it reports no age";
  if (in_body === null) return "its body reports no age";
  if (in_body === undefined || Math.abs(age_ms - in_body) <= AGE_TOLERANCE_MS) return null;
  return `its body reports an age of ${duration(in_body)}`;
}

function ageTolerance(run: Run): number {
  const { settings, faults } = run.header.plan;
  const ahead = faults.some(({ fault }) =>
    fault.kind === "http.clock_skew" && Number(fault.params.skew_ms) > 0
  );
  const unknowable_ms = settings.data_interval_ms + settings.poll_ms + settings.poll_timeout_ms;
  return AGE_TOLERANCE_MS + (ahead ? unknowable_ms : 0);
}
