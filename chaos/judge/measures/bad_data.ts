/** Values no good snapshot ever held, and data that goes back. */
import type { ProbeRecord, SourceRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";
import { COMPARISONS_MIN } from "../limits.ts";
import { counted } from "../quantity.ts";
import { dataProbes, describeProbe, hasData } from "./data_probes.ts";
import { valuesOwed } from "./no_value.ts";
import { notCompared, reading, type ReadMeasure } from "./reading.ts";
import { type Truth, truthOf } from "./truth.ts";

/**
 * Answers whose value the source never said of that switch and metric, or not in the snapshot the
 * answer names; and answers of an older snapshot than one served before ("last good never
 * regresses"). A count, predicted 0.
 *
 * An answer without the value it owes is one of them: it looks like data and is none.
 *
 * A snapshot the watch of the source missed proves nothing: answers that name one it does not know
 * count only where the watch had no gap then. Where too many could not be compared, none is no proof.
 */
export const badDataAccepted: ReadMeasure = (run, spans) => {
  const truth = truthOf(run);
  const bad: { probe: ProbeRecord; text: string }[] = [];
  const lacksValue = valuesOwed(run);
  let samples = 0, not_compared = 0;
  for (const probe of dataProbes(run, spans)) {
    if (!hasData(probe) || probe.switch_id === null) continue;
    const owes_value = lacksValue(probe);
    if (probe.value === null && !owes_value) continue;
    const text = owes_value
      ? "it has no value, though the source had one"
      : truth.watched(probe)
      ? wrong(run, truth, probe)
      : undefined;
    if (text === undefined) {
      not_compared++;
      continue;
    }
    samples++;
    if (text !== null) bad.push({ probe, text });
  }
  for (const regress of regressions(run, truth, dataProbes(run, spans))) bad.push(regress);
  bad.sort((a, b) => a.probe.t_ms - b.probe.t_ms);
  return reading({
    value: samples === 0 && bad.length === 0 ? null : bad.length,
    samples,
    samples_min: COMPARISONS_MIN,
    noun: "value that could be compared",
    at: bad.length === 0
      ? null
      : { t_ms: bad[0].probe.t_ms, text: `${describeProbe(bad[0].probe)}; ${bad[0].text}` },
    doubt: notCompared(not_compared, samples),
    note: `${bad.length} of ${counted(samples, "value")}`,
  });
};

/** What is wrong with a value: null where nothing is, undefined where nobody knows. */
function wrong(run: Run, truth: Truth, probe: ProbeRecord): string | null | undefined {
  const named = probe.snapshot_id === null ? null : truth.byId(probe.snapshot_id);
  const holding = truth.holding(probe);
  if (holding.length > 0) {
    // A lying ETag is the source's doing: the value itself is good.
    if (named === null || holding.includes(named) || idsLie(run)) return null;
    return `snapshot ${named.snapshot_id} said ${valueIn(named, probe)}`;
  }
  if (named !== null) return `snapshot ${named.snapshot_id} said ${valueIn(named, probe)}`;
  return watchedAround(run, probe) ? "the source never said that" : undefined;
}

function valueIn(source: SourceRecord, { switch_id, metric }: ProbeRecord): string {
  return source.values[`${switch_id} ${metric}`] ?? "nothing of it";
}

function idsLie(run: Run): boolean {
  return run.header.plan.faults.some(({ fault }) => fault.kind === "http.bad_etag");
}

/** Whether the watch saw the source's snapshots without a gap for as long as data may be in use. */
function watchedAround(run: Run, probe: ProbeRecord): boolean {
  const { data_interval_ms } = run.header.plan.settings;
  const before = run.sources.filter(({ t_ms }) => t_ms <= probe.t_ms);
  if (before.length < 2) return false;
  return before.every((source, i) =>
    i === 0 || source.taken_ms - before[i - 1].taken_ms < 1.5 * data_interval_ms
  );
}

/** Answers of an older snapshot, asked for after a newer one had been served. */
function* regressions(run: Run, truth: Truth, probes: readonly ProbeRecord[]) {
  if (idsLie(run)) return;
  let newest: { taken_ms: number; answered_ms: number; id: string } | null = null;
  for (const probe of probes) {
    const source = probe.snapshot_id === null ? null : truth.byId(probe.snapshot_id);
    if (source === null || !hasData(probe)) continue;
    const asked_ms = probe.t_ms - probe.latency_ms;
    if (newest !== null && source.taken_ms < newest.taken_ms && asked_ms > newest.answered_ms) {
      yield { probe, text: `snapshot ${newest.id}, a newer one, had been served before` };
    }
    if (newest === null || source.taken_ms > newest.taken_ms) {
      newest = { taken_ms: source.taken_ms, answered_ms: probe.t_ms, id: source.snapshot_id };
    }
  }
}
