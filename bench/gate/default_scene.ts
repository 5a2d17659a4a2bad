/** At default settings: metrics_server, a bare `Deno.serve` and perhaps a baseline, in turn. */
import {
  type Arm,
  bareAnswerOf,
  type DenoProcess,
  type Engine,
  getMetricRequests,
  type Outcome,
  type Pace,
  type Round,
  runRounds,
  type ServiceProgram,
  startBareServer,
  startDataServer,
  startMetricsServer,
} from "../rig/mod.ts";
import { fetchRaw } from "../../tools/http/mod.ts";
import { type Check, disturbanceNote, disturbed } from "../../tools/verdict/mod.ts";
import { assertSame, judgeLog } from "../serve/mod.ts";
import { judgeAges } from "./age_truth.ts";
import { askDataServer, startAgeWitness } from "./age_witness.ts";
import type { Baseline } from "./baseline.ts";
import { DEFAULT_COMPARISONS, judgeComparison } from "./baseline_claims.ts";
import { AGE_MS_MAX } from "./bounds.ts";
import { profileAnswerOf } from "./profile_answer.ts";
import { judgeDefaultRounds } from "./default_claims.ts";

/** Name of the scene in the report. */
export const DEFAULT_SCENE = "default";

/** What a scene is measured with. */
export interface SceneSetup {
  /** The raw client, which no server here can outrun. */
  own: Engine;
  /** The k6 profile, for what users see. */
  profile: Engine;
  pace: Pace;
  /** What is started as metrics_server. */
  program: ServiceProgram;
  /** What is started as bare server. */
  bare_script: string;
  baseline: Baseline | null;
  /** Comparisons with the baseline in all scenes. */
  comparisons: number;
  onProgress: (text: string) => void;
}

/** Measures and judges the scene. */
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
  const real = await fetchRaw({ host: on.host, ...requests[0] });
  const answer = bareAnswerOf(real);
  await using bare = await startBareServer("bare Deno.serve", answer, bare_script);
  await assertSame(bare, requests, real);
  await using bare_profile = await startBareServer(
    "bare Deno.serve (profile)",
    profileAnswerOf(answer),
    bare_script,
  );

  const witness = startAgeWitness(on, requests[0].path, askDataServer(source));
  const arms = armsOf(setup, { bare, on, off, bare_profile, base }, real.status);
  const { by_arm, foreign_share, left_out } = await runRounds(arms, setup.pace, setup.onProgress)
    .finally(() => witness.stop());
  const ages = await witness.stop();

  const [bare_rounds, on_rounds, off_rounds, profile_rounds, bare_profile_rounds, base_rounds] =
    by_arm;
  const doubts = disturbed(foreign_share);
  const rounds = {
    bare: bare_rounds,
    on: on_rounds,
    off: off_rounds,
    profile: profile_rounds,
    bare_profile: bare_profile_rounds,
  };
  return {
    arms: arms.map(({ label }, i) => ({ label, rounds: by_arm[i] })),
    checks: [
      ...judgeDefaultRounds(DEFAULT_SCENE, rounds, doubts),
      ...judgeAges(DEFAULT_SCENE, ages, AGE_MS_MAX, doubts),
      { ...await judgeLog(on), figure: DEFAULT_SCENE },
      ...compare(setup, on_rounds, base_rounds, doubts),
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

function armsOf(
  { own, profile, baseline }: SceneSetup,
  { bare, on, off, bare_profile, base }: Servers,
  expect_status: number,
): Arm[] {
  const requests = getMetricRequests(64);
  const arm = (label: string, server: DenoProcess, engine = own): Arm => {
    return { label, engine, server, requests, expect_status };
  };
  return [
    arm("GetMetric · bare Deno.serve", bare),
    arm("GetMetric · metrics_server, access log on", on),
    arm("GetMetric · metrics_server, access log off", off),
    arm("getmetric.js · metrics_server", on, profile),
    arm("getmetric.js · bare Deno.serve", bare_profile, profile),
    ...base === null ? [] : [arm(`GetMetric · metrics_server at ${baseline!.name}`, base)],
  ];
}

function compare(
  { baseline, comparisons }: SceneSetup,
  head: readonly Round[],
  base: readonly Round[] | undefined,
  doubts: readonly string[],
): Check[] {
  if (baseline === null || base === undefined) return [];
  return DEFAULT_COMPARISONS.map((comparison) =>
    judgeComparison(comparison, baseline.name, head, base, comparisons, doubts)
  );
}
