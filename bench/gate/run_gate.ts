/**
 * The gate from start to verdict:
 *
 *     scenes ──rounds──► checks ──► pass, fail or inconclusive
 */
import {
  BARE_SERVER,
  CONNECTIONS,
  type Engine,
  joined,
  type OnProgress,
  type Outcome,
  type OwnEngine,
  ProcessEnded,
  programOf,
  type ServiceProgram,
} from "../rig/mod.ts";
import { type Check, describeMachine } from "../../tools/verdict/mod.ts";
import { type Baseline, checkOutBaseline } from "./baseline.ts";
import { DEFAULT_SCENE, measureDefaultScene, type SceneSetup } from "./default_scene.ts";
import type { GateOptions, Scene } from "./options.ts";
import { ProfileFailed } from "./profile.ts";
import { REFRESH_SCENE } from "./refresh_claims.ts";
import { RefreshScene } from "./refresh_scene.ts";
import { concludeGate, type GateResult } from "./reports.ts";
import { measureSteadyScene, STEADY_SCENE } from "./steady_scene.ts";
import { timeLeft } from "./time_left.ts";

interface GateWorld {
  own: OwnEngine;
  profile: Engine;
  onProgress: (text: string) => void;
  /** Program started as metrics_server. Default: the project's own. */
  program?: ServiceProgram;
  /** Script started as bare server. Default: `bench/bare_server.ts`. */
  bare_script?: string;
}

/** Measures the wanted scenes. Throws {@link BaselineError}. */
export async function runGate(options: GateOptions, world: GateWorld): Promise<GateResult> {
  const machine = describeMachine();
  using baseline = options.baseline === null ? null : checkOutBaseline(options.baseline);
  const outcomes: Outcome[] = [];
  const { own, profile, onProgress, program = programOf("metrics") } = world;
  const { bare_script = BARE_SERVER } = world;
  const setup = (scene: Scene, seconds: number, rounds: number): SceneSetup => {
    const pace = { seconds, rounds, repeat_disturbed: options.repeat_disturbed };
    const onRound: OnProgress = (text, round) => {
      const left = round === undefined ? "" : `, ${timeLeft(options, scene, round)} s left`;
      onProgress(`${scene}: ${text}${left}`);
    };
    return { own, profile, pace, program, bare_script, baseline, onProgress: onRound };
  };
  await using scenes = new AsyncDisposableStack();
  let refresh: RefreshScene | undefined;
  if (options.scenes.has("refresh")) {
    outcomes.push(
      await attempt(REFRESH_SCENE, async () => {
        const measured = setup("refresh", options.refresh_seconds, options.refresh_rounds);
        refresh = scenes.use(await RefreshScene.start(measured));
        return joined([]);
      }),
    );
  }
  if (options.scenes.has("default")) {
    const measured = setup("default", options.seconds, options.rounds);
    outcomes.push(await attempt(DEFAULT_SCENE, () => measureDefaultScene(measured)));
  }
  if (options.scenes.has("steady")) {
    const measured = setup("steady", options.steady_seconds, options.steady_rounds);
    outcomes.push(await attempt(STEADY_SCENE, () => measureSteadyScene(measured)));
  }
  if (refresh !== undefined) {
    outcomes.push(await attempt(REFRESH_SCENE, () => refresh!.measure()));
  }
  const outcome = joined(outcomes);
  const method = describeMethod(options, world, baseline);
  return { ...concludeGate(outcome.checks), machine, method, ...outcome };
}

/**
 * A program that ends by itself, and a failed profile, are broken: a gate that cannot measure must
 * not look like a busy machine. Any other error is a doubt.
 */
async function attempt(scene: string, measure: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await measure();
  } catch (error) {
    const is_defect = error instanceof ProfileFailed || error instanceof ProcessEnded;
    const { message } = error as Error;
    const check: Check = {
      figure: scene,
      name: `measurement completed (${message})`,
      unit: "",
      samples: [],
      relation: "≥",
      bound: 1,
      value: 0,
      verdict: is_defect ? "broken" : "inconclusive",
      doubts: is_defect ? [] : [`the measurement failed: ${message}`],
    };
    return { contenders: [], checks: [check], notes: [] };
  }
}

function describeMethod(
  { seconds, rounds, refresh_seconds, refresh_rounds }: GateOptions,
  { own, profile }: GateWorld,
  baseline: Baseline | null,
): string[] {
  return [
    `Ratios: ${own.name}, ${CONNECTIONS} keep-alive connections. p95 and ages: ${profile.name}, ` +
    `${CONNECTIONS} VUs.`,
    `Servers run by their task's command; rounds in turn (ABBA): ${rounds} of ${seconds} s at ` +
    `default settings, ${refresh_rounds} of ${refresh_seconds} s during refreshes.`,
    ...baseline === null ? [] : [
      `Baseline ${baseline.name}: exact one-sided signed-rank test (Wilcoxon) on pairs of rounds.`,
    ],
  ];
}
