/** Scene: metrics_server and a bare server under steady load, in the same seconds. */
import {
  bareAnswerOf,
  getMetricRequests,
  LOOP_PROBE_MS,
  type Outcome,
  type Pair,
  ready,
  roundText,
  startBareServer,
  startDataServer,
  startMetricsServer,
  takePair,
  watchProcess,
} from "../rig/mod.ts";
import { disturbanceNote, disturbed, startForeignLoad } from "../../tools/verdict/mod.ts";
import { assertSame } from "../serve/throughput.ts";
import type { SceneSetup } from "./default_scene.ts";
import { judgeGrowth, judgePolls, PER_POLL } from "./growth_claims.ts";
import { judgeBlock, judgePairs, SLOW_MS } from "./steady_claims.ts";

export const STEADY_SCENE = "steady";

/** Load on each server: both together keep a core idle, so neither queues for it. */
const RATE_PER_S = 1_000;
/** Polls at six times the default rate, a new snapshot every second: the cost of polls shows. */
const POLL_MS = 250;
const DATA_INTERVAL_SEC = 1;
/** Load before the first round, in milliseconds: V8 compiles the code of both servers. */
const WARMUP_MS = 3_000;
/** Load before each round, in milliseconds: the connections are new. */
const ROUND_WARMUP_MS = 200;

export async function measureSteadyScene(setup: SceneSetup): Promise<Outcome> {
  const { program, bare_script, pace, own, onProgress } = setup;
  const requests = getMetricRequests(64);
  let source_polls = 0;
  await using source = await startDataServer(
    { DATA_INTERVAL_SEC: String(DATA_INTERVAL_SEC) },
    (line) => source_polls += line.includes('"event":"http.access"') ? 1 : 0,
  );
  const env = { POLL_MS: String(POLL_MS), LOOP_PROBE_MS: String(LOOP_PROBE_MS) };
  await using subject = await startMetricsServer("metrics_server (steady)", source, env, program);
  const real = await ready(subject, requests[0].path);
  const blocks = { subject_ms: 0, control_ms: 0 };
  await using control = await startBareServer(
    "bare Deno.serve (steady)",
    bareAnswerOf(real),
    bare_script,
    (block_ms) => blocks.control_ms = Math.max(blocks.control_ms, block_ms),
  );
  await assertSame(control, requests, real);

  const servers = { subject, control };
  const load = (warmup_ms: number, duration_ms: number, pass: number): Promise<Pair> =>
    takePair(own, servers, {
      requests,
      warmup_ms,
      duration_ms,
      rate_per_s: RATE_PER_S,
      slow_ms: SLOW_MS,
      expect_status: real.status,
    }, pass);
  await load(0, WARMUP_MS, 0);
  const foreignShare = startForeignLoad();
  const from = { polls: source_polls, t_ms: performance.now() };
  const pairs: Pair[] = [];
  await using watch = watchProcess(subject);
  for (let pass = 0; pass < pace.rounds; pass++) {
    const what = `both servers, ${RATE_PER_S} requests/s each`;
    onProgress(`${roundText(pass, pace.rounds)}: ${what}`, pass);
    pairs.push(await load(ROUND_WARMUP_MS, pace.seconds * 1000, pass));
  }
  const counted = { polls: source_polls - from.polls, duration_ms: performance.now() - from.t_ms };
  const foreign_share = foreignShare();
  blocks.subject_ms = Math.max(...watch.samples.map(({ block_ms }) => block_ms));
  const doubts = disturbed(foreign_share);
  return {
    contenders: [
      { label: "1,000/s · metrics_server", rounds: pairs.map(({ subject }) => subject) },
      { label: "1,000/s · bare Deno.serve beside it", rounds: pairs.map(({ control }) => control) },
    ],
    checks: [
      ...judgePairs(STEADY_SCENE, pairs, doubts),
      judgeBlock(STEADY_SCENE, blocks, doubts),
      ...judgeGrowth(STEADY_SCENE, watch.samples, PER_POLL),
      judgePolls(STEADY_SCENE, counted, POLL_MS),
    ],
    notes: [disturbanceNote(STEADY_SCENE, foreign_share, 0)],
  };
}
