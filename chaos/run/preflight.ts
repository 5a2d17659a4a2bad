/** Whether everything is as a run needs it before anything is broken. */
import { ProbeConnections } from "./probes/probe_connections.ts";
import type { Lab } from "./lab.ts";
import { pause } from "./waiting.ts";

/** How long the subject may take to have data, in milliseconds. */
export const READY_MS_MAX = 10_000;
/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 50;

/** Waits until every subject has data that came through all proxies; null, or what is missing. */
export async function looksReady(
  lab: Pick<Lab, "client_host" | "subjectHosts" | "subject">,
  signal: AbortSignal,
  ready_ms_max = READY_MS_MAX,
): Promise<string | null> {
  const hosts = [lab.client_host, ...lab.subjectHosts().slice(1)];
  const found = await Promise.all(
    hosts.map((host) => readyAt(host, lab.subject.ready, signal, ready_ms_max)),
  );
  return found.find((problem) => problem !== null) ?? null;
}

async function readyAt(
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
    await pause(LOOK_EVERY_MS, signal);
  }
  if (signal.aborted) return null;
  return `subject never ready: waited ${ready_ms_max} ms for 200 at http://${host}${path} (last: ${last})`;
}
