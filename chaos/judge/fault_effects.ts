/** Whether each fault took effect. */
import type { ProcessRecord } from "../journal/mod.ts";
import { subjectName } from "../vocabulary/mod.ts";
import { counted, duration } from "./format.ts";
import type { FaultEffect, Span } from "./judgement.ts";
import { loadRate } from "./measures/poll_rates.ts";
import { failuresSeen } from "./measures/polls.ts";
import { dataProbes, goodAnswers, hasData } from "./measures/responses.ts";
import type { FaultSpan, Run } from "./run.ts";
import { baseline, inSpans } from "./run_segments.ts";

/** Faults that let nothing of the source through. */
const CUTS_SOURCE_OFF: readonly string[] = ["tcp.refuse", "tcp.hang"];

/** What a process does under a fault; default: it ends. */
const PROCESS_ACTIONS: Readonly<Record<string, readonly ProcessRecord["action"][]>> = {
  "process.freeze": ["stopped"],
  "process.add_replica": ["started"],
};

/** A load step took effect if the load grew by this share of the requested growth. */
const LOAD_STEP_SHARE = 0.5;

/**
 * The effect of each fault of the plan, and its evidence.
 *
 * - A fault that cuts the source off must show at the subject, whatever a proxy counts: a failed
 *   poll, data that stops changing, or no data. A proxy also counts connections that no poll waits
 *   for. If the subject reports none of these, or the fault was too short, hits are enough.
 * - Other connection faults: hits at the proxy, failed polls, or failed client requests.
 * - A killed process: its end. A load step: the load. Others: the actuator's own count.
 */
export function faultEffects(run: Run): FaultEffect[] {
  return run.header.plan.faults.map(({ id, fault }) => {
    const span = run.faults.find((one) => one.id === id);
    if (span === undefined || span.on_error !== null) {
      const evidence = span?.on_error ?? "it was never applied";
      return { fault_id: id, hits: null, took_effect: false, evidence };
    }
    const hits = hitsOf(run, span);
    const effect = effectOf(run, span);
    const on: Span = { from_ms: span.on_ms, to_ms: span.off_ms ?? run.last_ms };
    const must_show = CUTS_SOURCE_OFF.includes(fault.kind) && fault.hop === "source" &&
      canShow(run, on);
    return {
      fault_id: id,
      hits,
      took_effect: effect !== null || (!must_show && (hits ?? 0) > 0),
      evidence: evidenceText(hits, hitsMeaning(run, span), effect, must_show),
    };
  });
}

function evidenceText(
  hits: number | null,
  meaning: string | null,
  effect: string | null,
  must_show: boolean,
): string {
  const hits_text = hits === null
    ? "no counter of hits"
    : counted(hits, "hit") + (meaning === null || hits === 0 ? "" : ` (${meaning})`);
  if (effect !== null) return `${hits_text}; ${effect}`;
  return must_show
    ? `${hits_text}, but no effect at the subject: no poll failed, and data kept changing`
    : hits_text;
}

/** The final hit count of the fault; null if no counter has it. */
function hitsOf(run: Run, { id }: FaultSpan): number | null {
  const counts = run.hops.filter(({ hits }) => id in hits).map(({ hits }) => hits[id]);
  return counts.length === 0 ? null : Math.max(...counts);
}

/** What the hits count, by the last record that states it. */
function hitsMeaning(run: Run, { id }: FaultSpan): string | null {
  return run.hops.findLast(({ evidence }) => evidence?.[id] !== undefined)?.evidence?.[id] ?? null;
}

/** Whether a cut-off source would show in what the subject reports, and had time to. */
function canShow(run: Run, on: Span): boolean {
  const { data_interval_ms, poll_ms } = run.header.plan.settings;
  if (on.to_ms - on.from_ms < data_interval_ms + 2 * poll_ms) return false;
  return failuresSeen(run, on) !== null ||
    dataProbes(run, [on]).some(({ age_ms, snapshot_id }) =>
      age_ms !== null || snapshot_id !== null
    );
}

/** The effect in words; null if the journal shows none. */
function effectOf(run: Run, span: FaultSpan): string | null {
  const on: Span = { from_ms: span.on_ms, to_ms: span.off_ms ?? run.last_ms };
  const { layer, hop, kind, params } = span.fault;
  if (layer === "process") return processChanged(run, kind, { ...on, from_ms: span.apply_ms });
  if (layer === "store" || hop === "store") {
    return storeFailed(run, { ...on, from_ms: span.apply_ms });
  }
  if (kind === "resource.load_step") return loadGrew(run, on, Number(params.factor));
  if (layer === "resource") return null;
  if (hop === "client") return clientsFailed(run, on);
  return pollsFailed(run, { ...on, from_ms: span.apply_ms }) ??
    (CUTS_SOURCE_OFF.includes(kind) ? dataStoppedChanging(run, on) : pollsSlower(run, on));
}

function processChanged(run: Run, kind: string, span: Span): string | null {
  const actions = PROCESS_ACTIONS[kind] ?? ["killed", "ended"];
  const changed = inSpans(run.processes, [span]).find(({ action }) => actions.includes(action));
  if (changed === undefined) return null;
  const { process, pid, action } = changed;
  return `${process} (pid ${pid}) was ${action === "killed" ? "ended" : action}`;
}

/** The subjects' own logs record errors of the store, or the role of a replica without it. */
function storeFailed(run: Run, on: Span): string | null {
  const failed = inSpans(run.logs, [on]).find(({ line }) => line.event === "store.error");
  if (failed !== undefined) return `${failed.process} logged store.error`;
  const alone = run.roles.find(({ role, from_ms }) =>
    role === "alone" && from_ms >= on.from_ms && from_ms <= on.to_ms
  );
  return alone === undefined ? null : `${subjectName(alone.subject)} polled alone`;
}

function loadGrew(run: Run, on: Span, factor: number): string | null {
  const span = baseline(run);
  if (span === null) return null;
  const grown = loadRate(run, on) / loadRate(run, span);
  return grown >= 1 + (factor - 1) * LOAD_STEP_SHARE
    ? `the load grew ${grown.toFixed(1)} times`
    : null;
}

function clientsFailed(run: Run, on: Span): string | null {
  const isGood = goodAnswers(run);
  const failed = dataProbes(run, [on]).filter((probe) => !isGood(probe)).length +
    inSpans(run.load, [on]).reduce((sum, window) => sum + window.failed, 0);
  if (failed > 0) return `${counted(failed, "client request")} failed`;
  const latencies = (span: Span) => dataProbes(run, [span]).map(({ latency_ms }) => latency_ms);
  return slower(run, on, "probe", latencies);
}

function pollsFailed(run: Run, on: Span): string | null {
  const seen = failuresSeen(run, on);
  if (seen === null || seen.first === null) return null;
  return `${counted(seen.count, "poll")} failed (${seen.first.text})`;
}

/** The subject's own log records longer polls. */
function pollsSlower(run: Run, on: Span): string | null {
  const fetches = (span: Span) =>
    inSpans(run.logs, [span]).map(({ line }) => Number(line.fetch_ms));
  return slower(run, on, "poll", fetches);
}

/** A sentence if the slowest took more than twice as long as the slowest of the baseline. */
function slower(
  run: Run,
  on: Span,
  noun: string,
  durations: (span: Span) => number[],
): string | null {
  const span = baseline(run);
  if (span === null) return null;
  const slowest = (span: Span) => Math.max(0, ...durations(span).filter((one) => one > 0));
  const before_ms = slowest(span), during_ms = slowest(on);
  return before_ms > 0 && during_ms > 2 * before_ms + 10
    ? `a ${noun} took ${duration(during_ms)}, at most ${duration(before_ms)} before`
    : null;
}

/** One snapshot was served for too long, ages grew, or no response had data. */
function dataStoppedChanging(run: Run, on: Span): string | null {
  const { data_interval_ms, poll_ms, poll_timeout_ms } = run.header.plan.settings;
  const usual_ms = data_interval_ms + poll_ms + poll_timeout_ms;
  const probes = dataProbes(run, [on]);
  const served = probes.filter(hasData);
  if (probes.length > 0 && served.length === 0) return "no response had data";
  let since_ms = on.from_ms, before: string | null = null, longest_ms = 0;
  for (const { t_ms, snapshot_id } of served) {
    if (snapshot_id === null) continue;
    if (snapshot_id !== before) since_ms = t_ms;
    before = snapshot_id;
    longest_ms = Math.max(longest_ms, t_ms - since_ms);
  }
  if (longest_ms > usual_ms) return `one snapshot was served for ${duration(longest_ms)}`;
  const span = baseline(run);
  const oldest = (probes: typeof served) => Math.max(0, ...probes.map(({ age_ms }) => age_ms ?? 0));
  const before_ms = span === null ? 0 : oldest(dataProbes(run, [span]).filter(hasData));
  return oldest(served) > before_ms + poll_ms
    ? `ages grew to ${duration(oldest(served))}, at most ${duration(before_ms)} before`
    : null;
}
