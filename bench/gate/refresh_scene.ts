/** Scene with 100,000 × 30: a server with and without refreshes, and an optional baseline. */
import {
  bareAnswerOf,
  type DenoProcess,
  getMetricRequests,
  LOOP_BLOCK_MS_MAX,
  type Outcome,
  REFRESH_P99_RATIO_MAX,
  RefreshedServer,
  type Round,
  type ServiceProgram,
  startBareServer,
  steadyLoad,
} from "../rig/mod.ts";
import { fetchRaw } from "../../tools/http/mod.ts";
import {
  type Check,
  disturbanceNote,
  disturbed,
  judge,
  median,
  takePasses,
} from "../../tools/verdict/mod.ts";
import { loadChecks, type RefreshPass } from "../serve/refresh_checks.ts";
import { type AgeRecord, judgeAges } from "./age_truth.ts";
import { refreshSourceReader, startAgeWitness } from "./age_witness.ts";
import { judgeComparison, REFRESH_COMPARISONS } from "./baseline_claims.ts";
import { P95_MS_MAX } from "./default_claims.ts";
import type { SceneSetup } from "./default_scene.ts";

export const REFRESH_SCENE = "refresh";

/** Request of the age witness. */
const [{ path: PATH }] = getMetricRequests(100_000);
/** Oldest data while 100,000 × 30 refresh every 2 s: two polls and the parsing under load. */
const AGE_MS_MAX = 5_000;
/** Load on the bare server before its first round, in milliseconds. */
const BARE_WARMUP_MS = 5_000;

/** One pass: one round of each kind, all at the same rate. */
interface Pass extends RefreshPass {
  /** A bare server without refreshes beside it. */
  bare_hold: Round;
  /** A bare server with refreshes beside it. */
  bare_refresh: Round;
  /** The baseline during refreshes. */
  base: Round | null;
}

export async function measureRefreshScene(setup: SceneSetup): Promise<Outcome> {
  const { baseline, pace, onProgress } = setup;
  const start = (name: string, program: ServiceProgram) =>
    RefreshedServer.start(`${name} (100,000 × 30)`, setup.own, program);
  await using head = await start("metrics_server", setup.program);
  await using base = baseline === null
    ? null
    : await start(`metrics_server at ${baseline.name}`, baseline.program);
  const real = await fetchRaw({ host: head.server.host, path: PATH });
  await using bare = await startBareServer("bare Deno.serve", bareAnswerOf(real));
  onProgress("warming up: refresh after refresh");
  await head.warmUp();
  await base?.warmUp();
  await steadyLoad(setup.own, bare, BARE_WARMUP_MS);
  const failures_before = (await head.stats()).poller.failures;

  const { taken, foreign_share, left_out } = await takePasses(pace.rounds, (pass) => {
    onProgress(`pass ${pass + 1}, ${pace.rounds} wanted: 10,000 requests/s, hold and refresh`);
    return takePass(setup, head, base, bare, pass);
  });
  const ages = await watchAges(head, pace.seconds * 1000);
  const failed_polls = (await head.stats()).poller.failures - failures_before;
  const doubts = disturbed(foreign_share);
  return {
    contenders: contendersOf(taken, baseline?.name ?? null),
    checks: [
      ...judgePasses(taken, pace.seconds, failed_polls, doubts),
      ...judgeAges(REFRESH_SCENE, ages, AGE_MS_MAX, doubts),
      ...compare(setup, taken, doubts),
    ],
    notes: [disturbanceNote(REFRESH_SCENE, foreign_share, left_out)],
  };
}

/** Takes one pass; odd passes reverse the order. */
async function takePass(
  { own, pace, onProgress }: SceneSetup,
  head: RefreshedServer,
  base: RefreshedServer | null,
  bare: DenoProcess,
  pass: number,
): Promise<Pass> {
  const duration_ms = pace.seconds * 1000;
  const loadBare = () => steadyLoad(own, bare, duration_ms);
  await base?.switch("hold");
  await head.forgetBlocks(onProgress);
  const steps: (() => Promise<Partial<Pass>>)[] = [
    async () => ({ hold: await head.hold(duration_ms), bare_hold: await loadBare() }),
    async () => {
      const { round, refreshes } = await head.refresh(duration_ms);
      const block_ms = await head.blockMs();
      return { refresh: round, refreshes, block_ms, bare_refresh: await loadBare() };
    },
    async () => {
      if (base === null) return { base };
      await head.switch("hold");
      const { round } = await base.refresh(duration_ms);
      await base.switch("hold");
      return { base: round };
    },
  ];
  const taken: Partial<Pass> = {};
  for (const step of pass % 2 === 0 ? steps : steps.toReversed()) {
    Object.assign(taken, await step());
  }
  return taken as Pass;
}

/** Observes ages in a round of its own: the witness uses CPU time and would raise the p99. */
async function watchAges(head: RefreshedServer, duration_ms: number): Promise<AgeRecord> {
  await head.switch("refresh");
  const witness = startAgeWitness(head.server, PATH, refreshSourceReader(head.source));
  await head.refresh(duration_ms).finally(() => witness.stop());
  return await witness.stop();
}

function judgePasses(
  passes: readonly Pass[],
  seconds: number,
  failed_polls: number,
  doubts: readonly string[],
): Check[] {
  return [
    judge({
      figure: REFRESH_SCENE,
      name: "10,000/s: p95 while refreshing",
      unit: "ms",
      samples: passes.map(({ refresh }) => refresh.p95_ms),
      relation: "≤",
      bound: P95_MS_MAX,
      doubts,
      noise_only_hurts: true,
    }),
    ...loadChecks(passes, seconds, failed_polls, doubts, {
      cores: navigator.hardwareConcurrency,
      doubts: { p99: bareSlowed(passes), block: bareStalled(passes) },
    }),
  ].map((check) => ({ ...check, figure: REFRESH_SCENE }));
}

type Slowed = Pick<Pass, "hold" | "refresh" | "bare_hold" | "bare_refresh">;

/**
 * A doubt if the refreshes slow a bare server beyond the bound, and metrics_server by at most
 * {@link REFRESH_P99_RATIO_MAX} times as much: source, poller and client share the cores with it.
 */
export function bareSlowed(passes: readonly Slowed[]): string[] {
  const bare = median(passes.map(({ bare_refresh: r, bare_hold: h }) => r.p99_ms / h.p99_ms));
  const ours = median(passes.map(({ refresh, hold }) => refresh.p99_ms / hold.p99_ms));
  if (bare <= REFRESH_P99_RATIO_MAX || ours > bare * REFRESH_P99_RATIO_MAX) return [];
  return [`refreshes raise the p99 of a bare server ${bare.toFixed(2)} ×`];
}

/** The same for the longest block: the slowest response of a bare server shows a missing core. */
export function bareStalled(passes: readonly Pick<Pass, "bare_refresh" | "block_ms">[]): string[] {
  const bare_ms = median(passes.map(({ bare_refresh }) => bare_refresh.max_ms));
  const ours_ms = median(passes.map(({ block_ms }) => block_ms));
  if (bare_ms <= LOOP_BLOCK_MS_MAX || ours_ms > bare_ms * REFRESH_P99_RATIO_MAX) return [];
  return [`a bare server beside the refreshes responds in up to ${bare_ms.toFixed(1)} ms`];
}

function contendersOf(passes: readonly Pass[], base_name: string | null): Outcome["contenders"] {
  const of = (label: string, pick: (pass: Pass) => Round) => ({ label, rounds: passes.map(pick) });
  return [
    of("10,000/s · 100,000 × 30 held, no refresh", ({ hold }) => hold),
    of("10,000/s · refresh every 2 s", ({ refresh }) => refresh),
    of("bare Deno.serve · no refresh beside it", ({ bare_hold }) => bare_hold),
    of("bare Deno.serve · refreshes beside it", ({ bare_refresh }) => bare_refresh),
    ...base_name === null ? [] : [of(`the same at ${base_name}`, ({ base }) => base!)],
  ];
}

function compare(
  { baseline }: SceneSetup,
  passes: readonly Pass[],
  doubts: readonly string[],
): Check[] {
  if (baseline === null) return [];
  const head = passes.map(({ refresh }) => refresh);
  const base = passes.map(({ base }) => base!);
  return REFRESH_COMPARISONS.map((comparison) =>
    judgeComparison(comparison, baseline.name, head, base, doubts)
  );
}
