/** wrk as load engine, where it is installed. It knows closed loops only. */
import { runProcess } from "../../tools/processes/mod.ts";
import type { Engine, Measured } from "./engine.ts";
import type { LoadOrder } from "./load_order.ts";

const ROOT = new URL("../../", import.meta.url);

/** The summary `bench/wrk.lua` prints. */
export interface WrkSummary {
  requests: number;
  duration_us: number;
  p50_us: number;
  p95_us: number;
  p99_us: number;
  max_us: number;
  errors: Record<"connect" | "read" | "write" | "timeout" | "status", number>;
}

/** wrk, or null where it cannot be started. */
export async function findWrk(): Promise<Engine | null> {
  let banner: string;
  try {
    banner = (await runProcess(["wrk", "-v"])).stdout;
  } catch {
    return null;
  }
  const version = /^wrk \S+/.exec(banner)?.[0] ?? "wrk";
  return { name: `${version} -t1`, run };
}

async function run(order: LoadOrder): Promise<Measured> {
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
    throw new Error(`wrk gave no summary: ${stderr.trim()}`);
  }
  return measuredOf(JSON.parse(summary));
}

/** wrk counts an answer as bad only from status 400 on. Pure. */
export function measuredOf(summary: WrkSummary): Measured {
  const bad = Object.entries(summary.errors).filter(([, count]) => count > 0);
  return {
    rate_per_s: summary.requests / summary.duration_us * 1e6,
    responses: summary.requests,
    p50_ms: summary.p50_us / 1000,
    p95_ms: summary.p95_us / 1000,
    p99_ms: summary.p99_us / 1000,
    max_ms: summary.max_us / 1000,
    bad: bad.reduce((total, [, count]) => total + count, 0),
    bad_detail: bad.map(([kind, count]) => `${kind} ${count}`).join(", "),
    lag_p99_ms: null,
  };
}
