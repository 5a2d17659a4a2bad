/** Scene at default settings: metrics_server, bare servers and an optional baseline, in turn. */
import {
  bareAnswerOf,
  type Contender,
  type DenoProcess,
  type Engine,
  getMetricRequests,
  type OnProgress,
  type Outcome,
  type OwnEngine,
  type Pace,
  ready,
  runRounds,
  type ServiceProgram,
  startBareServer,
  startDataServer,
  startMetricsServer,
  watchProcess,
} from "../rig/mod.ts";
import { disturbanceNote, disturbed } from "../../tools/verdict/mod.ts";
import { assertSame, judgeLog } from "../serve/throughput.ts";
import { judgeAges } from "./age_truth.ts";
import { dataServerReader, startAgeWitness } from "./age_witness.ts";
import type { Baseline } from "./baseline.ts";
import { DEFAULT_COMPARISONS, judgeComparison } from "./baseline_claims.ts";
import { AGE_MS_MAX, judgeDefaultRounds } from "./default_claims.ts";
import { judgeGrowth, judgePolls, PER_REQUEST, pollsIn } from "./growth_claims.ts";
import { profileAnswerOf } from "./profile.ts";

export const DEFAULT_SCENE = "default";
/** POLL_MS of a metrics_server without the variable. */
const DEFAULT_POLL_MS = 1_500;

export interface SceneSetup {
  /** The raw client, faster than any server here. */
  own: OwnEngine;
  /** The k6 profile, the users' view. */
  profile: Engine;
  pace: Pace;
  /** Program started as metrics_server. */
  program: ServiceProgram;
  /** Script started as bare server. */
  bare_script: string;
  baseline: Baseline | null;
  onProgress: OnProgress;
}

export async function measureDefaultScene(setup: SceneSetup): Promise<Outcome> {
  const { program, bare_script, baseline } = setup;
  const requests = getMetricRequests(64);
  await using source = await startDataServer();
  await using on = await startMetricsServer("metrics_server (log on)", source, {}, program);
  await using off = await startMetricsServer(
    "metrics_server (log off)",
    source,
    { LOG_LEVEL: "ERROR" },
    program,
  );
  await using base = baseline === null
    ? null
    : await startMetricsServer(`metrics_server at ${baseline.name}`, source, {}, baseline.program);
  const real = await ready(on, requests[0].path);
  const answer = bareAnswerOf(real);
  await using bare = await startBareServer("bare Deno.serve", answer, bare_script);
  await assertSame(bare, requests, real);
  await using bare_profile = await startBareServer(
    "bare Deno.serve (profile)",
    profileAnswerOf(answer),
    bare_script,
  );

  const witness = startAgeWitness(on, requests[0].path, dataServerReader(source));
  await using watch = watchProcess(on);
  const contenders = contendersOf(setup, { bare, on, off, bare_profile, base }, real.status);
  const { by_contender, foreign_share, left_out } = await runRounds(
    contenders,
    setup.pace,
    setup.onProgress,
  ).finally(() => witness.stop());
  const ages = await witness.stop();

  const doubts = disturbed(foreign_share);
  const rounds = {
    bare: by_contender[0],
    on: by_contender[1],
    off: by_contender[2],
    profile: by_contender[3],
    bare_profile: by_contender[4],
  };
  return {
    contenders: contenders.map(({ label }, i) => ({ label, rounds: by_contender[i] })),
    checks: [
      ...judgeDefaultRounds(DEFAULT_SCENE, rounds, doubts),
      ...judgeAges(DEFAULT_SCENE, ages, AGE_MS_MAX, doubts),
      ...judgeGrowth(DEFAULT_SCENE, watch.samples, PER_REQUEST),
      judgePolls(DEFAULT_SCENE, pollsIn(watch.samples), DEFAULT_POLL_MS),
      { ...await judgeLog(on), figure: DEFAULT_SCENE },
      ...baseline === null
        ? []
        : DEFAULT_COMPARISONS.map((comparison) =>
          judgeComparison(comparison, baseline.name, rounds.on, by_contender[5], doubts)
        ),
    ],
    notes: [disturbanceNote(DEFAULT_SCENE, foreign_share, left_out)],
  };
}

interface Servers {
  bare: DenoProcess;
  on: DenoProcess;
  off: DenoProcess;
  bare_profile: DenoProcess;
  base: DenoProcess | null;
}

function contendersOf(
  { own, profile, baseline }: SceneSetup,
  { bare, on, off, bare_profile, base }: Servers,
  expect_status: number,
): Contender[] {
  const requests = getMetricRequests(64);
  const contender = (label: string, server: DenoProcess, engine: Engine = own): Contender => {
    return { label, engine, server, requests, expect_status };
  };
  return [
    contender("GetMetric · bare Deno.serve", bare),
    contender("GetMetric · metrics_server, access log on", on),
    contender("GetMetric · metrics_server, access log off", off),
    contender("getmetric.js · metrics_server", on, profile),
    contender("getmetric.js · bare Deno.serve", bare_profile, profile),
    ...base === null ? [] : [contender(`GetMetric · metrics_server at ${baseline!.name}`, base)],
  ];
}
