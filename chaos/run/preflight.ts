/** Checks before the baseline: subjects have data. */
import { pause } from "../../tools/verdict/mod.ts";
import type { Lab } from "./lab.ts";
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
