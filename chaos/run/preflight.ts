/** Checks before the baseline: subjects have data, and the machine is idle. */
import { pause } from "../../tools/verdict/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { Lab } from "./lab.ts";
import { QUICK_QUIET_MS_MAX, QUIET_MS_MAX } from "./limits.ts";
import { ProbeConnections } from "./probes/probe_connections.ts";

/** Deadline for a subject's first data, in milliseconds. */
const READY_MS_MAX = 10_000;
/** Time between two requests, in milliseconds. */
const REQUEST_EVERY_MS = 50;

/** Waits until every subject has data from behind all proxies; returns null or the problem. */
export async function looksReady(
  lab: Pick<Lab, "client_host" | "subjectHosts" | "subject">,
  signal: AbortSignal,
  ready_ms_max = READY_MS_MAX,
): Promise<string | null> {
  const hosts = [...new Set([lab.client_host, ...lab.subjectHosts()])];
  const found = await Promise.all(
    hosts.map((host) => readyAt(host, lab.subject.ready, signal, ready_ms_max)),
  );
  return found.find((problem) => problem !== null) ?? null;
}

/** Waits until the host answers the path with status 200; returns null or the problem. */
export async function readyAt(
  host: string,
  path: string,
  signal: AbortSignal,
  ready_ms_max: number,
): Promise<string | null> {
  using connections = new ProbeConnections(host);
  const end_ms = performance.now() + ready_ms_max;
  let last = "no answer";
  while (performance.now() < end_ms && !signal.aborted) {
    const answer = await connections.get(path);
    if (answer?.status === 200) return null;
    last = answer === null || answer.status === 0
      ? answer?.error ?? last
      : `status ${answer.status}: ${new TextDecoder().decode(answer.body).slice(0, 200)}`;
    await pause(REQUEST_EVERY_MS, signal);
  }
  if (signal.aborted) return null;
  return `the subject has no data: waited ${ready_ms_max} ms for status 200 from ` +
    `http://${host}${path} (last: ${last})`;
}

/** Cores that other programs may use, averaged over {@link QUIET_LOOK_MS}. */
const QUIET_SHARE_MAX = 0.5;
/** Time between two looks, in milliseconds. */
const QUIET_LOOK_MS = 500;

interface QuietOptions {
  /** CPU time of other programs so far, in milliseconds; null if unknown. */
  others_cpu_ms(): number | null;
  now(): number;
  readonly signal: AbortSignal;
  pause?(wait_ms: number, signal: AbortSignal): Promise<void>;
}

/** Waits for an idle machine if the plan claims latencies; returns the time it waited. */
export async function waitForQuiet(plan: ScenarioPlan, options: QuietOptions): Promise<number> {
  if (!plan.conditions.some(({ measure }) => measure.startsWith("p95"))) return 0;
  const wait_ms_max = plan.quick ? QUICK_QUIET_MS_MAX : QUIET_MS_MAX;
  const { others_cpu_ms, now, signal } = options;
  const start_ms = now();
  let before = others_cpu_ms(), before_ms = start_ms;
  while (before !== null && now() - start_ms < wait_ms_max && !signal.aborted) {
    await (options.pause ?? pause)(QUIET_LOOK_MS, signal);
    const cpu_ms = others_cpu_ms(), t_ms = now();
    if (cpu_ms === null || (cpu_ms - before) / (t_ms - before_ms) <= QUIET_SHARE_MAX) break;
    before = cpu_ms;
    before_ms = t_ms;
  }
  return now() - start_ms;
}
