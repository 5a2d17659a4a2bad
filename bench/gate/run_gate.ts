/** The gate from start to verdict. */
import {
  BARE_SERVER,
  CONNECTIONS,
  type Engine,
  joined,
  type Outcome,
  ProcessEnded,
  programOf,
  type ServiceProgram,
} from "../rig/mod.ts";
import { type Check, describeMachine } from "../../tools/verdict/mod.ts";
import { type Baseline, checkOutBaseline } from "./baseline.ts";
import { DEFAULT_SCENE, measureDefaultScene, type SceneSetup } from "./default_scene.ts";
import { concludeGate } from "./gate_verdict.ts";
import { COMPARISONS, type GateOptions } from "./options.ts";
import { ProfileFailed } from "./profile_engine.ts";
import { measureRefreshScene, REFRESH_SCENE } from "./refresh_scene.ts";
import type { GateResult } from "./reports.ts";

/** What loads, and what is told meanwhile. */
export interface GateWorld {
  own: Engine;
  profile: Engine;
  onProgress: (text: string) => void;
  /** What is started as metrics_server; the project's own by default. */
  program?: ServiceProgram;
  /** What is started as bare server; `bench/bare_server.ts` by default. */
  bare_script?: string;
}

/** Measures the scenes asked for. Throws {@link BaselineError}. */
export async function runGate(options: GateOptions, world: GateWorld): Promise<GateResult> {
  const machine = describeMachine();
  using baseline = options.baseline === null ? null : checkOutBaseline(options.baseline);
  const outcomes: Outcome[] = [];
  const setup = (seconds: number, rounds: number) => setupOf(world, baseline, { seconds, rounds });
  if (options.scenes.has("default")) {
    const measured = setup(options.seconds, options.rounds);
    outcomes.push(await attempt(DEFAULT_SCENE, () => measureDefaultScene(measured)));
  }
  if (options.scenes.has("refresh")) {
    const measured = setup(options.refresh_seconds, options.refresh_rounds);
    outcomes.push(await attempt(REFRESH_SCENE, () => measureRefreshScene(measured)));
  }
  const outcome = joined(outcomes);
  const method = describeMethod(options, world, baseline);
  return { ...concludeGate(outcome.checks), machine, method, ...outcome };
}

function setupOf(
  { own, profile, onProgress, program = programOf("metrics"), bare_script = BARE_SERVER }:
    GateWorld,
  baseline: Baseline | null,
  pace: SceneSetup["pace"],
): SceneSetup {
  return {
    own,
    profile,
    pace,
    program,
    bare_script,
    baseline,
    comparisons: COMPARISONS,
    onProgress,
  };
}

/** A server that ends, or that the profile cannot use, fails the gate; another trouble is a doubt. */
async function attempt(scene: string, measure: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await measure();
  } catch (error) {
    const is_theirs = error instanceof ProfileFailed ||
      error instanceof ProcessEnded && error.process.startsWith("metrics_server");
    return {
      arms: [],
      checks: [unmeasured(scene, (error as Error).message, is_theirs)],
      notes: [],
    };
  }
}

function unmeasured(scene: string, message: string, is_theirs: boolean): Check {
  return {
    figure: scene,
    name: `could be measured (${message})`,
    unit: "",
    samples: [],
    relation: "≥",
    bound: 1,
    value: 0,
    verdict: is_theirs ? "broken" : "inconclusive",
    doubts: is_theirs ? [] : [`the measurement failed: ${message}`],
  };
}

function describeMethod(
  { seconds, rounds, refresh_seconds, refresh_rounds }: GateOptions,
  { own, profile }: GateWorld,
  baseline: Baseline | null,
): string[] {
  return [
    `Ratios: ${own.name}, ${CONNECTIONS} keep-alive connections. Promises: ${profile.name}, ` +
    `${CONNECTIONS} VUs.`,
    `Servers are processes started by their task's command, rounds in turn (ABBA): ${rounds} of ` +
    `${seconds} s at default settings, ${refresh_rounds} of ${refresh_seconds} s while refreshing.`,
    ...baseline === null ? [] : [
      `Baseline ${baseline.name}: Wilcoxon's signed-rank test on pairs of rounds, one-sided, ` +
      "exact; few rounds, not normal, disturbed ones count by rank alone.",
    ],
  ];
}
