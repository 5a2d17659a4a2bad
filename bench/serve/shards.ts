/**
 * `bench:serve shards`: a fabric of 1,000,000 × 30 in four shards, and in one process beside them.
 * One process at a time runs on the source, because two cores cannot refresh four at once.
 */
import { readShard, type StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw } from "../../tools/http/mod.ts";
import {
  type Check,
  checkTable,
  conclusion,
  describeMachine,
  disturbed,
  doubtLines,
  exitCode,
  judge,
  machineLine,
  median,
  percent,
  readMemory,
  startForeignLoad,
  table,
  until,
  wholeNumber,
} from "../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  type Engine,
  getMetricRequests,
  LOG_ON_P95_MS_MAX,
  print,
  printProgress,
  readOptions,
  type Round,
  startMetricsServer,
  startOwnEngine,
  startRefreshSource,
  takeRound,
  wholeOption,
} from "../rig/mod.ts";

const SWITCHES_MAX = 1_000_000;
const SHARDS = 4;
/** A new body with each poll. */
const POLL_MS = 5_000;
/** Refreshes whose times and memory count; the ones before compile the code and fill the pool. */
const REFRESHES = 6;
const REFRESHES_BEFORE = 6;
const MEMORY_SAMPLE_MS = 100;
const WARMUP_MS = 2_000;
const SECONDS = 8;
const MEBI = 1024 * 1024;

/** Most memory of a shard, as a share of one process with all rows; the rest is Deno's own. */
const MEMORY_RATIO_MAX = 0.45;

const PHASES = ["fetch", "parse", "apply"] as const;

export const SHARDS_USAGE = `deno task bench:serve shards [--switches N] [--seconds N] [--json FILE]
measures ${wholeNumber(SWITCHES_MAX)} × 30 in ${SHARDS} shards and in one process, 10 minutes.`;

/** Limits for {@link SWITCHES_MAX} × 30. */
const LARGE_BODIES = {
  UPSTREAM_MAX_BYTES: "268435456",
  UPSTREAM_MAX_ROWS: "1000000",
  UPSTREAM_MAX_CELLS: "31000000",
};

interface Figures {
  /** `SHARD`; empty: all rows in one process. */
  readonly shard: string;
  readonly rows: number;
  readonly rss_mb: number;
  readonly peak_mb: number;
  /** Means of a poll with a new body. */
  readonly poll_ms: Readonly<Record<typeof PHASES[number], number>>;
  /** GetMetric at 100 connections without refreshes, and with one each {@link POLL_MS}. */
  readonly hold: Round;
  readonly refresh: Round;
  /** Share of the machine that other programs took meanwhile. */
  readonly foreign_share: number;
}

export async function measureShards(args: readonly string[]): Promise<number> {
  const options = readOptions(args, { switches: "string", seconds: "string", json: "string" });
  const switches = wholeOption("switches", options.switches, SWITCHES_MAX, SWITCHES_MAX);
  const seconds = wholeOption("seconds", options.seconds, 600, SECONDS);
  const machine = describeMachine();
  await using engine = startOwnEngine();
  await using source = await startRefreshSource(switches);
  const figures: Figures[] = [];
  for (const shard of ["", ...Array.from({ length: SHARDS }, (_, i) => `${i}/${SHARDS}`)]) {
    figures.push(await measure(shard, switches, seconds, source, engine));
  }
  const checks = checksOf(figures, switches);
  print(
    Deno.stdout,
    [
      machineLine(machine),
      `${wholeNumber(switches)} × 30, a new body each ${
        POLL_MS / 1000
      } s, one process at a time. ` +
      `Poll times are means of ${REFRESHES} refreshes, memory is the median during them.`,
      `GetMetric of the shard's ids, 100 connections, closed loop, ${seconds} s, access log on.`,
      "",
      ...figuresTable(figures),
      "",
      ...checkTable(checks),
      ...doubtLines(checks),
      conclusion(checks),
    ].join("\n"),
  );
  if (options.json !== undefined) {
    const json = { machine, switches, figures, checks };
    await Deno.writeTextFile(options.json, JSON.stringify(json, null, 2) + "\n");
  }
  return exitCode(checks);
}

async function measure(
  shard: string,
  switches: number,
  seconds: number,
  source: DenoProcess,
  engine: Engine,
): Promise<Figures> {
  const name = shard === "" ? "all rows" : `shard ${shard}`;
  const every = (every_ms: string) =>
    fetchRaw({ host: source.host, path: every_ms, method: "POST" });
  const foreignShare = startForeignLoad();
  printProgress(`${name}: first snapshot`);
  await every("/refresh?every_ms=0");
  const env = { SHARD: shard, POLL_MS: `${POLL_MS}`, POLL_TIMEOUT_MS: "60000", ...LARGE_BODIES };
  await using server = await startMetricsServer(`metrics_server (${name})`, source, env);
  await refreshed(server, REFRESHES_BEFORE);
  const before = await phases(server);
  const rss: number[] = [];
  const timer = setInterval(() => rss.push(readMemory(server.pid).rss_bytes), MEMORY_SAMPLE_MS);
  printProgress(`${name}: ${REFRESHES} refreshes`);
  await refreshed(server, REFRESHES_BEFORE + REFRESHES).finally(() => clearInterval(timer));
  const after = await phases(server);
  const { peak_bytes } = readMemory(server.pid);
  const load = (duration_s: number) => {
    const requests = getMetricRequests(switches, readShard(shard) ?? undefined);
    const duration_ms = duration_s * 1000;
    return takeRound(engine, server, {
      requests,
      warmup_ms: WARMUP_MS,
      duration_ms,
      expect_status: 200,
    });
  };
  printProgress(`${name}: load`);
  // Longer than the time between two refreshes.
  const refresh = await load(Math.max(seconds, POLL_MS / 1000));
  await every("/hold");
  const hold = await load(seconds);
  return {
    shard,
    rows: (await statsOf(server)).poller.rows,
    rss_mb: median(rss) / MEBI,
    peak_mb: peak_bytes / MEBI,
    poll_ms: meansOf(before, after),
    hold,
    refresh,
    foreign_share: foreignShare(),
  };
}

const statsOf = (server: DenoProcess) => fetchJson<StatsAnswer>(server.host, "/stats");

async function refreshed(server: DenoProcess, refreshes: number): Promise<void> {
  await until(`${refreshes} refreshes of ${server.name}`, async () => {
    const { successes, not_modified } = (await statsOf(server)).poller;
    return successes - not_modified >= refreshes;
  }, { wait_ms_max: refreshes * POLL_MS * 6, look_every_ms: 250, retry_errors: true });
}

/** Seconds and polls of each phase since the start. */
type Phases = Map<string, { sum: number; count: number }>;

async function phases(server: DenoProcess): Promise<Phases> {
  const { body } = await fetchRaw({ host: server.host, path: "/metrics" });
  const text = new TextDecoder().decode(body);
  const of = (phase: string, what: string) =>
    Number(
      new RegExp(`phase_duration_seconds_${what}\\{.*phase="${phase}"\\} (.*)`).exec(text)?.[1],
    );
  return new Map(
    PHASES.map((phase) => [phase, { sum: of(phase, "sum"), count: of(phase, "count") }]),
  );
}

function meansOf(before: Phases, after: Phases): Figures["poll_ms"] {
  const mean = (phase: string) => {
    const [from, to] = [before.get(phase)!, after.get(phase)!];
    return (to.sum - from.sum) / (to.count - from.count) * 1000;
  };
  return { fetch: mean("fetch"), parse: mean("parse"), apply: mean("apply") };
}

function figuresTable(figures: readonly Figures[]): string[] {
  const header = ["", "rows", "steady MB", "peak MB", "fetch ms", "parse ms", "apply ms"];
  const loads = ["requests/s", "p95 ms", "p95 ms, refreshing", "other programs"];
  const rows = figures.map((
    { shard, rows, rss_mb, peak_mb, poll_ms, hold, refresh, foreign_share },
  ) => [
    shard === "" ? "one process" : `SHARD=${shard}`,
    ...[rows, rss_mb, peak_mb, ...PHASES.map((phase) => poll_ms[phase]), hold.rate_per_s]
      .map((value) => wholeNumber(value)),
    hold.p95_ms.toFixed(2),
    refresh.p95_ms.toFixed(2),
    percent(foreign_share),
  ]);
  return table([[...header, ...loads], ...rows], [false, ...Array(10).fill(true)]);
}

function checksOf([whole, ...shards]: readonly Figures[], switches: number): Check[] {
  const claim = { figure: "shards", relation: "≤" } as const;
  return [
    judge({
      ...claim,
      name: "memory of a shard to one process",
      unit: "×",
      samples: shards.map(({ rss_mb }) => rss_mb / whole.rss_mb),
      bound: MEMORY_RATIO_MAX,
      doubts: switches < SWITCHES_MAX ? ["a small fabric takes less memory than Deno itself"] : [],
    }),
    judge({
      ...claim,
      name: "GetMetric of a shard: p95",
      unit: "ms",
      samples: shards.map(({ hold }) => hold.p95_ms),
      bound: LOG_ON_P95_MS_MAX,
      doubts: disturbed(Math.max(...shards.map(({ foreign_share }) => foreign_share))),
      noise_only_hurts: true,
    }),
    judge({
      ...claim,
      name: "GetMetric of a shard: errors",
      unit: "",
      samples: [shards.reduce((sum, { hold, refresh }) => sum + hold.bad + refresh.bad, 0)],
      bound: 0,
    }),
  ];
}
