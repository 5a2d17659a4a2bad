/**
 * Load engines: the client of `tools/http` in a process of its own, and wrk.
 *
 *     LoadOrder[] ──JSON line──► bench/load.ts ──JSON line──► Measured[]
 */
import type { LoadResult } from "../../tools/http/mod.ts";
import { readLines, runProcess, startProcess } from "../../tools/processes/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** One run against a port of 127.0.0.1: an open loop with `rate_per_s`, else a closed loop. */
export interface LoadOrder {
  port: number;
  connections: number;
  /** Sent in rotation. */
  requests: { path: string; headers?: [name: string, value: string][] }[];
  warmup_ms: number;
  duration_ms: number;
  rate_per_s?: number;
  /** Longer responses are counted in {@link Measured.slow}. */
  slow_ms?: number;
  expect_status: number;
}

export interface Measured {
  rate_per_s: number;
  responses: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  max_ms: number;
  /** Responses slower than {@link LoadOrder.slow_ms}; absent if the engine does not count them. */
  slow?: number;
  /** Errors, unexpected statuses and dropped starts. */
  bad: number;
  /** Their kinds and counts; empty without any. */
  bad_detail: string;
  /** p99 delay of the client's starts; null in a closed loop. */
  lag_p99_ms: number | null;
  /** Data ages reported by the responses, if the engine reads them. */
  ages?: { p95_ms: number; max_ms: number };
}

/** A load engine. It runs one order at a time. */
export interface Engine {
  /** Program and settings, for the report. */
  readonly name: string;
  run(order: LoadOrder): Promise<Measured>;
}

/** The own client. */
export interface OwnEngine extends Engine, AsyncDisposable {
  /** Runs all orders at the same time. */
  runTogether(orders: readonly LoadOrder[]): Promise<Measured[]>;
}

/** Starts the own client in a process that runs until it is disposed of. */
export function startOwnEngine(): OwnEngine {
  const permissions = ["--allow-net=127.0.0.1", "--allow-read=tools/http"];
  const child = startProcess(
    [Deno.execPath(), "run", "--no-prompt", ...permissions, "bench/load.ts"],
    { cwd: ROOT, stdin: "piped", stdout: "piped", stderr: "inherit", kill_with_parent: true },
  );
  const lines = child.stdin.getWriter();
  let pending = Promise.withResolvers<string>();
  const ended = readLines(child.stdout, (line) => pending.resolve(line)).then(() => {
    throw new Error("The load process ended without a result");
  });
  ended.catch(() => {}); // reported by the next run
  const runTogether = async (orders: readonly LoadOrder[]) => {
    pending = Promise.withResolvers();
    await lines.write(new TextEncoder().encode(JSON.stringify(orders) + "\n"));
    const results: LoadResult[] = JSON.parse(await Promise.race([pending.promise, ended]));
    return results.map(measuredByOwn);
  };
  return {
    name: "own client on raw sockets (tools/http), one thread",
    run: async (order) => (await runTogether([order]))[0],
    runTogether,
    async [Symbol.asyncDispose]() {
      await lines.close().catch(() => {});
      await child.ended;
      await ended.catch(() => {});
    },
  };
}

export function measuredByOwn(result: LoadResult): Measured {
  const { latency, lag, errors_total, checks_failed, dropped } = result;
  return {
    rate_per_s: result.rate_per_s,
    responses: result.responses,
    p50_ms: latency.p50_ms ?? NaN,
    p95_ms: latency.p95_ms ?? NaN,
    p99_ms: latency.p99_ms ?? NaN,
    max_ms: latency.max_ms ?? NaN,
    slow: result.slow,
    bad: errors_total + checks_failed + dropped,
    bad_detail: counts({ ...result.errors, unexpected_status: checks_failed, dropped }),
    lag_p99_ms: lag?.p99_ms ?? null,
  };
}

/** `timeout 2, dropped 1`, without zeros. */
function counts(kinds: Record<string, number>): string {
  return Object.entries(kinds).filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`).join(", ");
}

/** wrk, or null if it cannot be started. It runs closed loops only. */
export async function findWrk(): Promise<Engine | null> {
  try {
    const { stdout } = await runProcess(["wrk", "-v"]);
    return { name: `${/^wrk \S+/.exec(stdout)?.[0] ?? "wrk"} -t1`, run: runWrk };
  } catch {
    return null;
  }
}

async function runWrk(order: LoadOrder): Promise<Measured> {
  if (order.rate_per_s !== undefined) {
    throw new TypeError("Cannot run an open loop with wrk: use the own client");
  }
  // wrk takes whole seconds and has no warm-up.
  const { stdout, stderr, code } = await runProcess(
    [
      ...["wrk", "-t1"],
      `-c${order.connections}`,
      `-d${Math.max(1, Math.round(order.duration_ms / 1000))}s`,
      "-sbench/wrk.lua",
      `http://127.0.0.1:${order.port}`,
      "--",
      (order.requests[0].headers ?? []).map(([name, value]) => `${name}: ${value}`).join(),
      ...order.requests.map(({ path }) => path),
    ],
    { cwd: ROOT, kill_with_parent: true },
  );
  const summary = stdout.split("\n").findLast((line) => line.startsWith("{"));
  if (code !== 0 || summary === undefined) {
    throw new Error(`wrk printed no summary: ${stderr.trim()}`);
  }
  return measuredByWrk(JSON.parse(summary));
}

/** Summary of `bench/wrk.lua`. */
interface WrkSummary {
  requests: number;
  duration_us: number;
  p50_us: number;
  p95_us: number;
  p99_us: number;
  max_us: number;
  errors: Record<"connect" | "read" | "write" | "timeout" | "status", number>;
}

/** Maps a summary of wrk, which counts only statuses from 400 on as errors. */
export function measuredByWrk(summary: WrkSummary): Measured {
  return {
    rate_per_s: summary.requests / summary.duration_us * 1e6,
    responses: summary.requests,
    p50_ms: summary.p50_us / 1000,
    p95_ms: summary.p95_us / 1000,
    p99_ms: summary.p99_us / 1000,
    max_ms: summary.max_us / 1000,
    bad: Object.values(summary.errors).reduce((total, count) => total + count, 0),
    bad_detail: counts(summary.errors),
    lag_p99_ms: null,
  };
}
