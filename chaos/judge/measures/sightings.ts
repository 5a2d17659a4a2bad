/** Which snapshot each replica served when: the order on one replica, the skew between several. */
import { percentile } from "../../../platform/mod.ts";
import type { ProbeRecord } from "../../journal/mod.ts";
import { PROBE_INTERVAL_MS, subjectName } from "../../vocabulary/mod.ts";
import { counted, duration } from "../format.ts";
import type { Span } from "../judgement.ts";
import { AGE_TOLERANCE_MS, COMPARISONS_MIN, SIGHTINGS_MIN } from "../limits.ts";
import type { Run } from "../run.ts";
import { settled } from "../run_segments.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";
import { bySubject, dataProbes, describeProbe, hasData } from "./responses.ts";
import { idsLie, timesFreeze, type Truth, truthOf } from "./truth.ts";

/** A response and what is wrong with it. */
export interface Lie {
  probe: ProbeRecord;
  text: string;
}

/** The first lie as the sample that decides. */
export function firstOf([lie]: readonly Lie[]) {
  if (lie === undefined) return null;
  return { t_ms: lie.probe.t_ms, text: `${describeProbe(lie.probe)}; ${lie.text}` };
}

/** A response with data, and when its snapshot was taken. */
export interface Sighting {
  probe: ProbeRecord;
  subject: number;
  /** Time of the source's snapshot, in epoch ms; the latest possible one if it is not exact. */
  taken_ms: number;
  /** Whether the watch of the source knows the snapshot; else its time is from the reported age. */
  is_exact: boolean;
}

/**
 * The snapshots that responses name, in order of time. The source's records date them; a response
 * whose snapshot is not recorded counts by its reported age, unless a fault freezes that.
 */
export function sightingsOf(
  run: Run,
  spans: readonly Span[],
  truth: Truth = truthOf(run),
): Sighting[] {
  if (idsLie(run)) return [];
  return dataProbes(run, spans).flatMap((probe): Sighting[] => {
    if (!hasData(probe) || probe.switch_id === null && probe.list === undefined) return [];
    const { subject = 0, snapshot_id, age_ms, t_ms } = probe;
    const source = snapshot_id === null ? null : truth.byId(snapshot_id);
    if (source !== null) return [{ probe, subject, taken_ms: source.taken_ms, is_exact: true }];
    if (age_ms === null || timesFreeze(run)) return [];
    return [{ probe, subject, taken_ms: run.epoch_ms + t_ms - age_ms, is_exact: false }];
  });
}

/** Responses from an older snapshot, requested after the same replica had served a newer one. */
export function backwards(sightings: readonly Sighting[]): Lie[] {
  const found: Lie[] = [];
  const newest = new Map<number, Sighting>();
  for (const sighting of sightings) {
    const { probe, subject, taken_ms, is_exact } = sighting;
    const before = newest.get(subject);
    if (before === undefined || earliest(sighting) > earliest(before)) {
      newest.set(subject, sighting);
    }
    if (before === undefined || probe.t_ms - probe.latency_ms <= before.probe.t_ms) continue;
    const tolerance_ms = is_exact && before.is_exact ? 0 : AGE_TOLERANCE_MS;
    if (taken_ms >= earliest(before) - tolerance_ms) continue;
    const what = before.probe.snapshot_id ?? `of age ${duration(before.probe.age_ms ?? NaN)}`;
    found.push({ probe, text: `the newer snapshot ${what} had been served before` });
  }
  return found;
}

/** A reported age was true when the response was made, at any time since the request. */
function earliest({ probe, taken_ms, is_exact }: Sighting): number {
  return is_exact ? taken_ms : taken_ms - probe.latency_ms;
}

/** Times a replica served an older snapshot after a newer one. A count, predicted 0. */
export const snapshotsBackwards: ReadMeasure = (run, spans) => {
  const sightings = sightingsOf(run, spans);
  const found = backwards(sightings);
  return reading({
    value: sightings.length === 0 ? null : found.length,
    samples: sightings.length,
    samples_min: COMPARISONS_MIN,
    noun: "response from a known snapshot",
    at: firstOf(found),
    note: `${found.length} of ${counted(sightings.length, "response")}`,
  });
};

/** How much later than the first replica another one served a snapshot. */
export interface Skew {
  probe: ProbeRecord;
  /** Name of the replica that served it first. */
  first: string;
  /** First sight on the first replica → first sight on this one, in ms. */
  skew_ms: number;
  /** The same, minus the delay of the first probe after the arrival. */
  least_ms: number;
}

/** When a replica was first seen to have a snapshot, or a newer one. */
interface Arrival {
  /** The first response with it; the last response if it never came. */
  probe: ProbeRecord;
  subject: number;
  /** Request of the last response without it: it arrived after this. */
  from_ms: number;
  to_ms: number;
  has_arrived: boolean;
}

/**
 * The skew of each snapshot on each replica but the first that served it. A replica that was down
 * just before does not count for a snapshot. If it lacks the snapshot for a whole data interval,
 * the time it was seen to lack it counts.
 */
export function skewsOf(run: Run, spans: readonly Span[]): Skew[] {
  return spans.flatMap((span) => {
    const sightings = sightingsOf(run, [span]).filter(({ is_exact }) => is_exact);
    const replicas = [...Map.groupBy(sightings, ({ subject }) => subject).values()];
    const snapshots = new Set(sightings.map(({ taken_ms }) => taken_ms));
    return [...snapshots].flatMap((taken_ms) => skewsOfSnapshot(run, replicas, taken_ms));
  });
}

function skewsOfSnapshot(
  run: Run,
  replicas: readonly (readonly Sighting[])[],
  taken_ms: number,
): Skew[] {
  const seen = replicas.map((one) => arrivalOf(run, one, taken_ms));
  const [first, ...later] = seen.filter((arrival) => arrival !== null && arrival.has_arrived)
    .map((arrival) => arrival!).toSorted((a, b) => a.to_ms - b.to_ms);
  if (first === undefined) return [];
  const { data_interval_ms } = run.header.plan.settings;
  const missing = seen.filter((arrival) => arrival !== null && !arrival.has_arrived)
    .map((arrival) => arrival!).filter(({ from_ms }) => from_ms - first.to_ms > data_interval_ms);
  return [...later, ...missing].map(({ probe, from_ms, to_ms }) => {
    const skew_ms = to_ms - first.to_ms;
    const late_ms = Math.max(0, to_ms - from_ms - PROBE_INTERVAL_MS);
    const name = subjectName(first.subject);
    return { probe, first: name, skew_ms, least_ms: Math.max(0, skew_ms - late_ms) };
  });
}

/** null if the responses do not show since when the replica has the snapshot. */
function arrivalOf(run: Run, sightings: readonly Sighting[], taken_ms: number): Arrival | null {
  const at = sightings.findIndex((one) => one.taken_ms >= taken_ms);
  if (at === 0) return null;
  const has_arrived = at !== -1;
  const { probe: before, subject } = sightings.at(has_arrived ? at - 1 : -1)!;
  const { probe } = sightings.at(at)!;
  const from_ms = before.t_ms - before.latency_ms, to_ms = probe.t_ms;
  const was_down = (run.down.get(subject) ?? [])
    .some((down) => down.from_ms <= to_ms && down.to_ms >= from_ms);
  return was_down ? null : { probe, subject, from_ms, to_ms, has_arrived };
}

/**
 * Skew of the snapshots between replicas, in ms: the 99th percentile, or the largest.
 *
 * Only probes see a snapshot arrive, so what they show is up to one probe interval too long or too
 * short. The promised skew plus this interval is the bound. If a probe came later than that, the
 * excess is the machine's and breaks no bound.
 */
function skew(p: number): ReadMeasure {
  return (run, given): Reading => {
    const spans = settled(run, given);
    const skews = skewsOf(run, spans).toSorted((a, b) => a.skew_ms - b.skew_ms);
    const at_p = (values: readonly number[]) => percentile(values.toSorted((a, b) => a - b), p);
    const wanted = { samples_min: SIGHTINGS_MIN, noun: "snapshot seen on two replicas" };
    if (skews.length === 0) return reading(wanted);
    const { probe, first, skew_ms } = skews[skews.length - 1];
    const text = `${describeProbe(probe)}; ${first} had a snapshot ${duration(skew_ms)} earlier`;
    return reading({
      ...wanted,
      value: at_p(skews.map((one) => one.skew_ms)),
      samples: skews.length,
      at: { t_ms: probe.t_ms, text },
      interval: [at_p(skews.map((one) => one.least_ms)), at_p(skews.map((one) => one.skew_ms))],
      note: `${counted(skews.length, "arrival")}, seen by probes ` +
        `${duration(probeIntervalOf(run, spans))} apart`,
    });
  };
}

export const skewP99: ReadMeasure = skew(99);
export const skewMax: ReadMeasure = skew(100);

/** Median time between two probes of the same replica, in ms. */
function probeIntervalOf(run: Run, spans: readonly Span[]): number {
  const gaps = [...bySubject(sightingsOf(run, spans).map(({ probe }) => probe)).values()]
    .flatMap((probes) => probes.slice(1).map(({ t_ms }, i) => t_ms - probes[i].t_ms));
  return percentile(gaps.toSorted((a, b) => a - b), 50);
}
