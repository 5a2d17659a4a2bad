/** The k6 runner and hey as load engines beside wrk. */
import { runnerArgs } from "../../tools/k6/mod.ts";
import { runProcess, startProcess } from "../../tools/processes/mod.ts";
import { readMemory } from "../../tools/verdict/mod.ts";
import type { Engine, LoadOrder, Measured } from "../rig/mod.ts";

export const GETMETRIC = "bench/k6/getmetric.js";
const ONE_URL = `${import.meta.dirname}/one_url.js`;

const ROOT = new URL("../../", import.meta.url);

const seconds = ({ duration_ms }: LoadOrder) => Math.max(1, Math.round(duration_ms / 1000));

/** `bench/k6/getmetric.js`; ignores the requests of the order. */
export function getMetricEngine(): Engine {
  return {
    name: `runner, ${GETMETRIC}`,
    run: (order) =>
      runK6Script(GETMETRIC, {
        BASE_URL: `http://127.0.0.1:${order.port}`,
        VUS: String(order.connections),
        DURATION: `${seconds(order)}s`,
      }),
  };
}

/** A script that repeats one request without checks. */
export function oneUrlEngine(): Engine {
  return {
    name: "runner, one request",
    run: (order) =>
      runK6Script(ONE_URL, {
        URL: urlOf(order),
        VUS: String(order.connections),
        DURATION: `${seconds(order)}s`,
        ...(order.rate_per_s === undefined ? {} : { RATE: String(order.rate_per_s) }),
      }),
  };
}

/** hey, or null if it cannot be started. */
export async function findHey(): Promise<Engine | null> {
  try {
    await runProcess(["hey"]);
  } catch {
    return null;
  }
  return { name: "hey", run: runHey };
}

async function runHey(order: LoadOrder): Promise<Measured> {
  const args = ["-z", `${seconds(order)}s`, "-c", String(order.connections), "-o", "csv"];
  const command = ["hey", ...args, urlOf(order)];
  const { stdout } = await runProcess(command, { kill_with_parent: true });
  return heyMeasured(stdout, seconds(order), order.expect_status);
}

function urlOf({ port, requests }: LoadOrder): string {
  return `http://127.0.0.1:${port}${requests[0].path}`;
}

/** Reads hey's CSV: response time in seconds first, status code seventh. */
export function heyMeasured(csv: string, duration_s: number, expect_status: number): Measured {
  const rows = csv.trim().split("\n").slice(1).map((line) => line.split(","));
  const times_ms = rows.map(([seconds]) => Number(seconds) * 1000).sort((a, b) => a - b);
  const at = (p: number) => times_ms[Math.ceil(times_ms.length * p / 100) - 1] ?? NaN;
  const bad = rows.filter((row) => Number(row[6]) !== expect_status).length;
  return {
    rate_per_s: rows.length / duration_s,
    responses: rows.length,
    p50_ms: at(50),
    p95_ms: at(95),
    p99_ms: at(99),
    max_ms: at(100),
    bad,
    bad_detail: bad > 0 ? `status ${bad}` : "",
    lag_p99_ms: null,
  };
}

const MEMORY_EVERY_MS = 100;

interface SummaryFile {
  state: { testRunDurationMs: number };
  metrics: Record<string, { values: Record<string, number> }>;
}

interface RunnerRun extends Measured {
  /** Peak memory; NaN without `/proc`. */
  peak_bytes: number;
}

/** Runs a script that writes `k6-NAME.json` to OUT_DIR. A failed threshold is not an error. */
export async function runK6Script(
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<RunnerRun> {
  const dir = await Deno.makeTempDir();
  try {
    const variables = Object.entries({ ...env, OUT_DIR: dir }).flatMap((pair) => [
      "-e",
      pair.join("="),
    ]);
    const access = { read: [`${import.meta.dirname}/..`], write: [dir] };
    const child = startProcess(
      [Deno.execPath(), ...runnerArgs(access), "run", "--quiet", ...variables, path],
      { cwd: ROOT, kill_with_parent: true },
    );
    let peak_bytes = NaN;
    const watch = setInterval(() => {
      peak_bytes = readMemory(child.pid).peak_bytes || peak_bytes;
    }, MEMORY_EVERY_MS);
    const { code } = await child.ended;
    clearInterval(watch);
    if (code !== 0 && code !== 99) {
      throw new Error(`${path} exited ${code}: ${child.stderr_tail.trim()}`);
    }
    const name = path.slice(path.lastIndexOf("/") + 1, -".js".length);
    return {
      ...measuredOf(JSON.parse(await Deno.readTextFile(`${dir}/k6-${name}.json`))),
      peak_bytes,
    };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

export function measuredOf({ state, metrics }: SummaryFile): Measured {
  const { values: duration } = metrics.http_req_duration;
  const count = metrics.http_reqs.values.count;
  const failed = metrics.http_req_failed.values.passes;
  const dropped = metrics.dropped_iterations?.values.count ?? 0;
  return {
    rate_per_s: count * 1000 / state.testRunDurationMs,
    responses: count,
    p50_ms: duration.med,
    p95_ms: duration["p(95)"],
    p99_ms: duration["p(99)"],
    max_ms: duration.max,
    bad: failed + dropped,
    bad_detail: failed + dropped > 0 ? `failed ${failed}, dropped ${dropped}` : "",
    lag_p99_ms: null,
  };
}
