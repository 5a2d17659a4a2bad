/** Probes ports, sources and programs. Changes nothing. */
import type { PollCause } from "../../contracts/mod.ts";
import {
  addressOf,
  answerTimes,
  formatOfBody,
  PollError,
  textOfBody,
} from "../../metrics_server/mod.ts";
import { joinBytes, redactUrl } from "../../platform/mod.ts";
import { runProcess } from "../../tools/processes/mod.ts";
import type { PortProbe, ServiceProbe, ToxiproxyProbe } from "./judge_machine.ts";
import type { SourceProbe } from "./judge_source.ts";

const LOCAL_MS_MAX = 1_000;

/** Most bytes read of a source's body. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024;

const TOXIPROXY_URL = "http://127.0.0.1:8474";

export async function probePort(
  { port, variable, service }: Pick<PortProbe, "port" | "variable" | "service">,
): Promise<PortProbe> {
  const probe = { port, variable, service, answers: null };
  try {
    // All addresses, as the services do, then only 127.0.0.1.
    for (const hostname of ["0.0.0.0", "127.0.0.1"]) Deno.listen({ hostname, port }).close();
    return { ...probe, state: "free" };
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return { ...probe, state: "forbidden" };
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return { ...probe, state: "taken", answers: await serviceAt(port) };
  }
}

/** The service of this project that answers there, or null. */
async function serviceAt(port: number): Promise<string | null> {
  const stats = await getLocal(`http://127.0.0.1:${port}/stats`);
  if (stats?.status === 200 && stats.text.startsWith('{"service":"metrics_server"')) {
    return "metrics_server";
  }
  const health = await getLocal(`http://127.0.0.1:${port}/healthz`);
  return health?.status === 200 && stats?.status === 404 ? "data_server" : null;
}

export async function probeService(port: number): Promise<ServiceProbe | null> {
  const url = `http://127.0.0.1:${port}`;
  const [ready, stats] = await Promise.all([getLocal(`${url}/readyz`), getLocal(`${url}/stats`)]);
  if (ready === null || stats === null || stats.status !== 200) return null;
  const ready_detail = ready.status === 200 ? "" : String(JSON.parse(ready.text).detail);
  return { url, ready_status: ready.status, ready_detail, stats: JSON.parse(stats.text) };
}

export async function probeToxiproxy(named: string | undefined): Promise<ToxiproxyProbe> {
  const is_named = named !== undefined && named !== "";
  const url = is_named ? named : TOXIPROXY_URL;
  const answer = await getLocal(`${url.replace(/\/+$/, "")}/version`);
  const version = answer?.status === 200
    ? /"version":\s*"([^"]+)"/.exec(answer.text)?.[1] ?? null
    : null;
  return { url: redactUrl(url), is_named, version };
}

export async function probeK6(): Promise<string | null> {
  try {
    const { code, stdout } = await runProcess(["k6", "version"]);
    return code === 0 ? stdout.split("\n")[0].replace(/^k6 /, "") : null;
  } catch {
    return null;
  }
}

/** Requests a source once, as the poller does. */
export async function probeSource(
  url: string,
  is_named: boolean,
  timeout_ms: number,
): Promise<SourceProbe> {
  const shown = redactUrl(url);
  const { url: address, headers } = addressOf(url, null);
  const requested_ms = Date.now();
  try {
    const signal = AbortSignal.timeout(timeout_ms);
    const response = await fetch(address, { headers, redirect: "manual", signal });
    const answered_ms = Date.now();
    const { body, is_cut } = await readStart(response);
    return {
      url: shown,
      is_named,
      outcome: {
        kind: "answered",
        status: response.status,
        body,
        is_cut,
        ...answerTimes(response.headers, requested_ms, answered_ms),
      },
    };
  } catch (error) {
    const { cause, detail } = reasonOf(error, timeout_ms);
    return { url: shown, is_named, outcome: { kind: "failed", cause, detail } };
  }
}

/** The poller's cause for an error of `fetch`, or of decoding the body. */
export function reasonOf(error: unknown, timeout_ms: number): { cause: PollCause; detail: string } {
  if (error instanceof PollError) return { cause: error.cause_word, detail: error.message };
  const text = error instanceof Error
    ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`
    : String(error);
  const is = (pattern: RegExp) => pattern.test(text);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return { cause: "timeout", detail: `no answer within ${timeout_ms} ms` };
  }
  if (is(/connection refused/i)) return { cause: "refused", detail: "no program listens there" };
  if (is(/dns error|lookup|resolve/i)) {
    return { cause: "dns", detail: "unknown host name" };
  }
  if (is(/certificate|tls|handshake/i)) return { cause: "tls", detail: text.slice(0, 120).trim() };
  return { cause: "reset", detail: text.slice(0, 120).trim() };
}

/** The body's start as the poller reads it; empty for an answer other than 200. */
async function readStart(response: Response): Promise<{ body: Uint8Array; is_cut: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (response.body === null || response.status !== 200) {
    await response.body?.cancel();
    return { body: joinBytes(pieces), is_cut: false };
  }
  const format = formatOfBody(response.headers);
  for await (const piece of textOfBody(response.body, format, Infinity)) {
    pieces.push(piece);
    length += piece.length;
    // Leaving the loop cancels the transfer.
    if (length >= BODY_BYTES_MAX) break;
  }
  return { body: joinBytes(pieces), is_cut: length >= BODY_BYTES_MAX };
}

async function getLocal(url: string): Promise<{ status: number; text: string } | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(LOCAL_MS_MAX) });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}
