/** The k6 profile `bench/k6/getmetric.js` as a load engine, run by k6 or tools/k6. */
import type { BareAnswer, Engine, LoadOrder, Measured } from "../rig/mod.ts";
import { findLoadEngine, type LoadEngine } from "../../tools/k6/mod.ts";
import { startProcess } from "../../tools/processes/mod.ts";

const ROOT = new URL("../../", import.meta.url);
const SCRIPT = "bench/k6/getmetric.js";

/** Exit code for failed thresholds. The gate judges the result itself. */
const EXIT_THRESHOLDS = 99;
const STDERR_LINES_MAX = 5;

/** The part of `handleSummary`'s data that the gate reads. */
export interface ProfileSummary {
  metrics: Record<string, { values: Record<string, number> } | undefined>;
  root_group: { checks: { name: string; passes: number; fails: number }[] };
}

export async function findProfileEngine(): Promise<Engine> {
  const engine = await findLoadEngine();
  return {
    name: `${SCRIPT} by ${engine.k6 ?? "tools/k6 (no k6 on PATH)"}`,
    run: (order) => runInFreshFolder(engine, order),
  };
}

/** Runs in an empty folder: a missing summary does not change the exit code of k6. */
export async function runInFreshFolder(engine: LoadEngine, order: LoadOrder): Promise<Measured> {
  const out_dir = await Deno.makeTempDir({ prefix: "gate_profile_" });
  try {
    return await runProfile(engine, out_dir, order);
  } finally {
    await Deno.remove(out_dir, { recursive: true });
  }
}

async function runProfile(
  { k6, command }: LoadEngine,
  out_dir: string,
  order: LoadOrder,
): Promise<Measured> {
  const flags = ["run", "--quiet", ...k6 === null ? [] : ["--no-usage-report"]];
  const profile = startProcess([...command, ...flags, SCRIPT], {
    cwd: ROOT,
    env: {
      BASE_URL: `http://127.0.0.1:${order.port}`,
      OUT_DIR: out_dir,
      VUS: String(order.connections),
      DURATION: `${order.warmup_ms + order.duration_ms}ms`,
    },
    kill_with_parent: true,
  });
  const { code } = await profile.ended;
  const lines = profile.stderr_tail.trim().split("\n").slice(-STDERR_LINES_MAX);
  if (code !== 0 && code !== EXIT_THRESHOLDS) {
    throw new ProfileFailed(`${SCRIPT} ended with exit code ${code}: ${lines.join(" / ")}`);
  }
  return measuredOf(JSON.parse(await readSummary(`${out_dir}/k6-getmetric.json`, lines)));
}

async function readSummary(path: string, stderr_lines: readonly string[]): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new ProfileFailed(
      `${SCRIPT} ended without its summary ${path}; free space in the folder of temporary files: ` +
        stderr_lines.join(" / "),
    );
  }
}

/** The profile has no result: discovery failed or the script broke. */
export class ProfileFailed extends Error {
  override readonly name = "ProfileFailed";
}

export function measuredOf({ metrics, root_group }: ProfileSummary): Measured {
  const of = (name: string) => metrics[name]?.values ?? {};
  const duration = of("http_req_duration"), requests = of("http_reqs"), ages = of("data_age_ms");
  const failed_requests = of("http_req_failed").passes ?? 0;
  const bad: [what: string, count: number][] = [
    ["failed requests", failed_requests],
    ...root_group.checks.map(({ name, fails }): [string, number] => [`not: ${name}`, fails]),
    ["answers too old or without an age", of("data_too_old").passes ?? 0],
  ];
  const found = bad.filter(([, count]) => count > 0);
  return {
    rate_per_s: requests.rate ?? 0,
    responses: (requests.count ?? 0) - failed_requests,
    p50_ms: duration.med ?? NaN,
    p95_ms: duration["p(95)"] ?? NaN,
    p99_ms: duration["p(99)"] ?? NaN,
    max_ms: duration.max ?? NaN,
    bad: Math.max(0, ...found.map(([, count]) => count)),
    bad_detail: found.map(([what, count]) => `${what} ${count}`).join(", "),
    lag_p99_ms: null,
    ages: { p95_ms: ages["p(95)"] ?? NaN, max_ms: ages.max ?? NaN },
  };
}

/** A GetMetric response that is a ListMetrics, too: the profile's discovery and checks pass. */
export function profileAnswerOf(answer: BareAnswer): BareAnswer {
  const body = JSON.parse(answer.body ?? "{}");
  const list = { fields: [body.metric], items: [{ switch_id: body.switch_id }] };
  return { ...answer, body: JSON.stringify({ ...body, ...list }) };
}
