/** Whether a fault had any effect. */
import type { Bite } from "./judgement.ts";
import type { FaultSpan, Run } from "./run.ts";
import type { Span } from "./span.ts";
import { dataProbes, goodAnswers, hasData } from "./measures/data_probes.ts";
import { windowsWithin } from "./measures/latency.ts";
import { failuresSeen } from "./measures/poll_failures.ts";
import { counted, duration } from "./quantity.ts";
import { baseline, inSpans } from "./spans.ts";

/** Faults after which nothing of the source comes through. */
const CUTS_SOURCE_OFF: readonly string[] = ["tcp.refuse", "tcp.hang"];

/** A load step took place where the load grew by this part of what was asked for. */
const LOAD_STEP_SHARE = 0.5;

/**
 * What shows that each fault of the plan bit.
 *
 * - A fault that cuts the source off has to show at the subject, whatever a proxy counts: a failed
 *   poll, data that stands still, or none at all. A proxy can count connections nobody waits for.
 *   Where the subject tells none of these, or it was on for too short to show, hits are enough.
 * - Other faults of a connection: hits at the proxy, or failed polls, or failed requests of clients.
 * - A process that was to end: its end. A load step: the load. Others: the actuator's own count.
 */
export function bitesOf(run: Run): Bite[] {
  return run.header.plan.faults.map(({ id, fault }) => {
    const span = run.faults.find((one) => one.id === id);
    if (span === undefined) {
      return { fault_id: id, hits: null, bitten: false, evidence: "it was never put on" };
    }
    if (span.on_error !== null) {
      return { fault_id: id, hits: null, bitten: false, evidence: span.on_error };
    }
    const hits = hitsOf(run, span);
    const effect = effectOf(run, span);
    const on: Span = { from_ms: span.on_ms, to_ms: span.off_ms ?? run.last_ms };
    const must_show = CUTS_SOURCE_OFF.includes(fault.kind) && fault.hop === "source" &&
      canShow(run, on);
    const bitten = effect !== null || (!must_show && (hits ?? 0) > 0);
    const counted_as = countedAs(run, span);
    return {
      fault_id: id,
      hits,
      bitten,
      evidence: evidenceText(hits, counted_as, effect, must_show),
    };
  });
}

function evidenceText(
  hits: number | null,
  counted_as: string | null,
  effect: string | null,
  must_show: boolean,
): string {
  const touched = hits === null
    ? "no counter tells of hits"
    : counted(hits, "hit") + (counted_as === null || hits === 0 ? "" : ` (${counted_as})`);
  if (effect !== null) return `${touched}; ${effect}`;
  return must_show
    ? `${touched}, and the subject noticed nothing: no failed poll, data went on`
    : touched;
}

/** Growth of the fault's hits; null where no counter has it. */
function hitsOf(run: Run, { id }: FaultSpan): number | null {
  const counts = run.hops.filter(({ hits }) => id in hits).map(({ hits }) => hits[id]);
  return counts.length === 0 ? null : Math.max(...counts);
}

/** What the last reading says its hits count; null where it does not say. */
function countedAs(run: Run, { id }: { id: string }): string | null {
  return run.hops.findLast(({ evidence }) => evidence?.[id] !== undefined)?.evidence?.[id] ?? null;
}

/** Whether the subject tells anything a cut-off source would show in, and had time to. */
function canShow(run: Run, on: Span): boolean {
  const { data_interval_ms, poll_ms } = run.header.plan.settings;
  if (on.to_ms - on.from_ms < data_interval_ms + 2 * poll_ms) return false;
  return failuresSeen(run, on) !== null ||
    dataProbes(run, [on]).some(({ age_ms, snapshot_id }) =>
      age_ms !== null || snapshot_id !== null
    );
}

/** What the fault did, as a sentence; null where nothing shows it. */
function effectOf(run: Run, span: FaultSpan): string | null {
  const on: Span = { from_ms: span.on_ms, to_ms: span.off_ms ?? run.last_ms };
  const { layer, hop, kind, params } = span.fault;
  if (layer === "process") return processEnded(run, { ...on, from_ms: span.asked_ms });
  if (kind === "resource.load_step") return loadGrew(run, on, Number(params.factor));
  if (layer === "resource") return null;
  if (hop === "client") return clientsFailed(run, on);
  return pollsFailed(run, { ...on, from_ms: span.asked_ms }) ??
    (CUTS_SOURCE_OFF.includes(kind) ? dataStoodStill(run, on) : fetchesSlower(run, on));
}

function processEnded(run: Run, span: Span): string | null {
  const ended = inSpans(run.processes, [span])
    .find(({ action }) => action === "killed" || action === "ended");
  return ended === undefined ? null : `${ended.process} (pid ${ended.pid}) was ended`;
}

function loadGrew(run: Run, on: Span, factor: number): string | null {
  const span = baseline(run);
  if (span === null) return null;
  const rate = (windows: typeof run.load) =>
    windows.reduce((sum, { requests }) => sum + requests, 0) /
    windows.reduce((sum, { window_ms }) => sum + window_ms, 0);
  const grown = rate(windowsWithin(run, [on])) / rate(windowsWithin(run, [span]));
  return grown >= 1 + (factor - 1) * LOAD_STEP_SHARE
    ? `the load grew ${grown.toFixed(1)} times`
    : null;
}

function clientsFailed(run: Run, on: Span): string | null {
  const before_span = baseline(run);
  const isGood = goodAnswers(run);
  const failed = dataProbes(run, [on]).filter((probe) => !isGood(probe)).length +
    inSpans(run.load, [on]).reduce((sum, window) => sum + window.failed, 0);
  if (failed > 0) return `${counted(failed, "request")} of clients failed`;
  if (before_span === null) return null;
  const slowest = (span: Span) =>
    Math.max(0, ...dataProbes(run, [span]).map(({ latency_ms }) => latency_ms));
  const before_ms = slowest(before_span), during_ms = slowest(on);
  return during_ms > 2 * before_ms + 10
    ? `a probe took ${duration(during_ms)}, at most ${duration(before_ms)} before`
    : null;
}

function pollsFailed(run: Run, on: Span): string | null {
  const seen = failuresSeen(run, on);
  if (seen === null || seen.first === null) return null;
  return `${counted(seen.count, "poll")} failed (${seen.first.text})`;
}

/** No data newer than when the fault went on was served in its later half, or none at all. */
function dataStoodStill(run: Run, on: Span): string | null {
  const { data_interval_ms, poll_ms, poll_timeout_ms } = run.header.plan.settings;
  const still_ms = data_interval_ms + poll_ms + poll_timeout_ms;
  const probes = dataProbes(run, [on]);
  const served = probes.filter(hasData);
  if (probes.length > 0 && served.length === 0) return "no answer had data";
  let since_ms = on.from_ms, before: string | null = null, longest_ms = 0;
  for (const { t_ms, snapshot_id } of served) {
    if (snapshot_id === null) continue;
    if (snapshot_id !== before) since_ms = t_ms;
    before = snapshot_id;
    longest_ms = Math.max(longest_ms, t_ms - since_ms);
  }
  if (longest_ms > still_ms) return `one snapshot was served for ${duration(longest_ms)}`;
  const span = baseline(run);
  const oldest = (probes: typeof served) => Math.max(0, ...probes.map(({ age_ms }) => age_ms ?? 0));
  const before_ms = span === null ? 0 : oldest(dataProbes(run, [span]).filter(hasData));
  return oldest(served) > before_ms + poll_ms
    ? `ages grew to ${duration(oldest(served))}, at most ${duration(before_ms)} before`
    : null;
}

/** The subject's own log says that polls took longer. */
function fetchesSlower(run: Run, on: Span): string | null {
  const span = baseline(run);
  if (span === null) return null;
  const slowest = (span: Span) =>
    Math.max(
      0,
      ...inSpans(run.logs, [span]).map(({ line }) => Number(line.fetch_ms))
        .filter((fetch_ms) => fetch_ms > 0),
    );
  const before_ms = slowest(span), during_ms = slowest(on);
  return before_ms > 0 && during_ms > 2 * before_ms + 10
    ? `a poll took ${duration(during_ms)}, at most ${duration(before_ms)} before`
    : null;
}
