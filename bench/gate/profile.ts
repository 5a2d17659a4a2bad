/** The k6 profiles of `bench/k6`, run by k6 or tools/k6; getmetric.js as a load engine. */
import type { BareAnswer, Engine, LoadOrder, Measured } from "../rig/mod.ts";
import { findLoadEngine, type LoadEngine } from "../../tools/k6/mod.ts";
import { startProcess } from "../../tools/processes/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** Exit code for failed thresholds. The result is judged here. */
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
    name: `bench/k6/getmetric.js by ${engine.k6 ?? "tools/k6 (no k6 on PATH)"}`,
    run: (order) => runGetMetric(engine, order),
  };
}

/** Runs getmetric.js on one port. */
export async function runGetMetric(engine: LoadEngine, order: LoadOrder): Promise<Measured> {
  const summary = await runProfile(engine, "getmetric", {
    BASE_URL: `http://127.0.0.1:${order.port}`,
    VUS: String(order.connections),
    DURATION: `${order.warmup_ms + order.duration_ms}ms`,
  });
  return measuredOf(summary);
}

/**
 * Runs `bench/k6/NAME.js` with these variables. Its folder is empty: a missing summary does not
 * change the exit code of k6. @throws {ProfileFailed}
 */
export async function runProfile(
  engine: LoadEngine,
  name: string,
  env: Record<string, string>,
): Promise<ProfileSummary> {
  const out_dir = await Deno.makeTempDir({ prefix: "gate_profile_" });
  try {
    return await runIn(out_dir, engine, name, env);
  } finally {
    await Deno.remove(out_dir, { recursive: true });
  }
}

async function runIn(
  out_dir: string,
  { k6, command }: LoadEngine,
  name: string,
  env: Record<string, string>,
): Promise<ProfileSummary> {
  const script = `bench/k6/${name}.js`;
  const flags = ["--quiet", ...k6 === null ? [] : ["--no-usage-report"]];
  const variables = Object.entries({ ...env, OUT_DIR: out_dir })
    .flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const access = { read: [`${import.meta.dirname}/../k6`], write: [out_dir] };
  const profile = startProcess([...command(access), "run", ...flags, ...variables, script], {
    cwd: ROOT,
    kill_with_parent: true,
  });
  const { code } = await profile.ended;
  const lines = profile.stderr_tail.trim().split("\n").slice(-STDERR_LINES_MAX);
  if (code !== 0 && code !== EXIT_THRESHOLDS) {
    throw new ProfileFailed(`${script} ended with exit code ${code}: ${lines.join(" / ")}`);
  }
  return JSON.parse(await readSummary(script, `${out_dir}/k6-${name}.json`, lines));
}

async function readSummary(
  script: string,
  path: string,
  stderr_lines: readonly string[],
): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new ProfileFailed(
      `${script} ended without its summary ${path}; free space in the folder of temporary files: ` +
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
