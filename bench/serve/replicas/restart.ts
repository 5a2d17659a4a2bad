/** From a start while the source is down to the first 200, with a stored snapshot. */
import type { StatsAnswer } from "../../../contracts/mod.ts";
import { fetchJson } from "../../../tools/http/mod.ts";
import { disturbed, judge, startForeignLoad, until } from "../../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  getMetricRequests,
  launchMetricsServer,
  type Outcome,
  ready,
  RESTART_LARGE_MS_MAX,
  RESTART_SMALL_MS_MAX,
  startRefreshSource,
} from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { startRedis } from "./redis.ts";

const STARTS = 11;
const STARTS_QUICK = 3;

const SIZES = [
  { name: "64 × 3", switches: 64, fields: 3, bound: RESTART_SMALL_MS_MAX },
  { name: "100,000 × 30", switches: 100_000, fields: 30, bound: RESTART_LARGE_MS_MAX },
];

/** The tasks may write there. */
const FOLDER = `state/bench-${Deno.pid}`;

export async function measureRestart({ quick, onProgress }: Measuring): Promise<Outcome> {
  const outcome: Outcome = { contenders: [], checks: [], notes: [] };
  await using redis = await startRedis();
  await using folder = temporaryFolder();
  for (const { name, switches, fields, bound } of SIZES) {
    for (const [kind, store] of [["file:", folder.setting], ["redis:", redis.url]]) {
      const source = await startRefreshSource(switches, fields);
      const env = { SNAPSHOT_STORE: store, SNAPSHOT_SAVE_MS: "100" };
      await save(source, env);
      await source[Symbol.asyncDispose]();
      const foreignShare = startForeignLoad();
      const samples: number[] = [];
      for (let start = 1; start <= (quick ? STARTS_QUICK : STARTS); start++) {
        onProgress(`restart: ${name}, ${kind} start ${start}`);
        samples.push(await startToAnswer(source, env, switches));
      }
      outcome.checks.push(judge({
        figure: "restart",
        name: `${name}, ${kind} start in an outage to the first 200`,
        unit: "ms",
        samples,
        relation: "≤",
        bound,
        doubts: disturbed(foreignShare()),
        noise_only_hurts: true,
      }));
    }
  }
  return outcome;
}

/** A metrics_server stores the first snapshot and ends. */
async function save(source: DenoProcess, env: Record<string, string>): Promise<void> {
  await using server = launchMetricsServer("metrics_server", source, env);
  await ready(server, "/readyz");
  await until("the snapshot to be saved", async () => {
    const { store } = await fetchJson<StatsAnswer>(server.host, "/stats");
    return store !== null && store.last_saved !== null;
  });
}

async function startToAnswer(
  source: DenoProcess,
  env: Record<string, string>,
  switches: number,
): Promise<number> {
  const [{ path }] = getMetricRequests(switches);
  const started_ms = performance.now();
  await using server = launchMetricsServer("metrics_server", source, env);
  await ready(server, path);
  return performance.now() - started_ms;
}

function temporaryFolder() {
  return {
    setting: `file:${FOLDER}`,
    [Symbol.asyncDispose]: async () => {
      const url = new URL(`../../../${FOLDER}`, import.meta.url);
      await Deno.remove(url, { recursive: true }).catch(() => {});
    },
  };
}
