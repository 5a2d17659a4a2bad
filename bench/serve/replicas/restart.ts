/** From a start while the source is down to the first 200, with a stored snapshot. */
import type { StatsAnswer } from "../../../contracts/mod.ts";
import { fetchJson } from "../../../tools/http/mod.ts";
import {
  disturbed,
  judge,
  median,
  startForeignLoad,
  until,
  wholeNumber,
} from "../../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  getMetricRequests,
  joined,
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

export async function measureRestart(measuring: Measuring): Promise<Outcome> {
  await using redis = await startRedis();
  await using folder = temporaryFolder();
  const stores: Store[] = [
    { name: "file:", setting: folder.setting },
    { name: "redis:", setting: redis.url },
  ];
  const outcomes: Outcome[] = [];
  for (const size of SIZES) outcomes.push(await measureSize(size, stores, measuring));
  return joined(outcomes);
}

interface Store {
  readonly name: string;
  readonly setting: string;
}

/** Starts with each store in turn, and without one to the first 200 of /healthz. */
async function measureSize(
  { name, switches, fields, bound }: typeof SIZES[number],
  stores: readonly Store[],
  { quick, onProgress }: Measuring,
): Promise<Outcome> {
  const source = await startRefreshSource(switches, fields);
  for (const { setting } of stores) await save(source, envOf(setting));
  await source[Symbol.asyncDispose]();
  const foreignShare = startForeignLoad();
  const [{ path }] = getMetricRequests(switches);
  const samples: number[][] = stores.map(() => []);
  const without: number[] = [];
  for (let start = 1; start <= (quick ? STARTS_QUICK : STARTS); start++) {
    onProgress(`restart: ${name}, start ${start}`);
    without.push(await startToAnswer(source, {}, "/healthz"));
    for (const [at, { setting }] of stores.entries()) {
      samples[at].push(await startToAnswer(source, envOf(setting), path));
    }
  }
  const doubts = disturbed(foreignShare());
  const checks = stores.map((store, at) =>
    judge({
      figure: "restart",
      name: `${name}, ${store.name} start in an outage to the first 200`,
      unit: "ms",
      samples: samples[at],
      relation: "≤",
      bound,
      doubts,
      noise_only_hurts: true,
    })
  );
  const note = `restart, ${name}: without a store /healthz answers after ` +
    `${wholeNumber(median(without))} ms (median)`;
  return { contenders: [], checks, notes: [note] };
}

function envOf(setting: string): Record<string, string> {
  return { SNAPSHOT_STORE: setting, SNAPSHOT_SAVE_MS: "100" };
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
  path: string,
): Promise<number> {
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
