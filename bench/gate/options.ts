/** Command line of `deno task gate`. Pure. */
import { readOptions, ROUNDS_MAX, SECONDS_MAX, UsageError, wholeOption } from "../rig/mod.ts";
import { PAIRS_MIN } from "./baseline_claims.ts";

/** In the order of their rounds. */
export const SCENES = ["default", "steady", "refresh"] as const;
export type Scene = typeof SCENES[number];

/** Scenes, their rounds and the folder of the reports. */
export interface GateOptions {
  /** Length of a round at default settings. */
  seconds: number;
  /** Length of a round during refreshes. */
  refresh_seconds: number;
  /** Length of a round beside the control. */
  steady_seconds: number;
  rounds: number;
  refresh_rounds: number;
  steady_rounds: number;
  /** Takes rounds again that other programs disturbed. */
  repeat_disturbed: boolean;
  scenes: ReadonlySet<Scene>;
  /** Commit to compare with, or null. */
  baseline: string | null;
  out_dir: string;
}

export const USAGE = `Usage: deno task gate [options]

Loads metrics_server and a bare Deno.serve, in turn and in the same seconds, and reports pass, fail
or inconclusive. Takes about 4 minutes, with --quick 2. Close other programs that use the processor.

  --quick          short rounds, none of them repeated on a busy machine
  --only SCENE     default, steady or refresh
  --seconds N      length of a round, 1–${SECONDS_MAX} s (default 3; refresh 8)
  --rounds N       rounds of each server, 1–${ROUNDS_MAX} (default 6; steady 12, refresh 3)
  --baseline REF   also measure another commit of this repository; fail on a significant slow-down
  --out DIR        folder of gate.json, gate.junit.xml and gate.md (default out/gate)

Exit: 0 pass, 1 fail, 2 inconclusive, 64 wrong usage.`;

/** Explicit options override `--quick`. @throws {UsageError} */
export function parseGateOptions(args: readonly string[]): GateOptions {
  const { quick, only, seconds, rounds, baseline = null, out = "out/gate" } = readOptions(args, {
    quick: "boolean",
    only: "string",
    seconds: "string",
    rounds: "string",
    baseline: "string",
    out: "string",
  });
  const is_quick = quick !== undefined;
  const rounds_min = baseline === null ? 1 : PAIRS_MIN;
  return {
    seconds: wholeOption("seconds", seconds, SECONDS_MAX, is_quick ? 1 : 3),
    refresh_seconds: wholeOption("seconds", seconds, SECONDS_MAX, is_quick ? 4 : 8),
    steady_seconds: wholeOption("seconds", seconds, SECONDS_MAX, is_quick ? 2 : 3),
    rounds: Math.max(rounds_min, wholeOption("rounds", rounds, ROUNDS_MAX, is_quick ? 5 : 6)),
    refresh_rounds: Math.max(rounds_min, wholeOption("rounds", rounds, ROUNDS_MAX, 3)),
    steady_rounds: wholeOption("rounds", rounds, ROUNDS_MAX, is_quick ? 7 : 12),
    repeat_disturbed: !is_quick,
    scenes: new Set(only === undefined ? SCENES : [sceneOf(only)]),
    baseline,
    out_dir: out,
  };
}

function sceneOf(text: string): Scene {
  const scene = SCENES.find((name) => name === text);
  if (scene !== undefined) return scene;
  throw new UsageError(`--only ${text}: must be of ${SCENES.join(", ")}`);
}
