/** Command line of `deno task gate`. Pure. */
import { UsageError, wholeOption } from "../rig/mod.ts";
import { pairsMin } from "./baseline_claims.ts";

/** Limits of the numbers below. */
export const SECONDS_MAX = 600;
export const ROUNDS_MAX = 100;

/** Comparisons a baseline adds: see DEFAULT_COMPARISONS and REFRESH_COMPARISONS. */
export const COMPARISONS = 3;

/** What to measure and where to tell it. */
export interface GateOptions {
  /** Length of a round at default settings, and of one while refreshing. */
  seconds: number;
  refresh_seconds: number;
  rounds: number;
  refresh_rounds: number;
  scenes: ReadonlySet<"default" | "refresh">;
  /** Commit to compare with, or null. */
  baseline: string | null;
  out_dir: string;
}

/** Shown by `--help`. */
export const USAGE = `Usage: deno task gate [options]

Starts both services and a bare Deno.serve, loads them in turn and says pass, fail or inconclusive.
Takes about 3 minutes, with --quick 2. Close what else uses the processor.

  --quick          short rounds
  --only SCENE     default or refresh
  --seconds N      length of a round, 1–${SECONDS_MAX} s (default 3; while refreshing 8)
  --rounds N       rounds of each server, 1–${ROUNDS_MAX} (default 6; while refreshing 3)
  --baseline REF   measure another commit of this repository, too; fail on a significant slow-down
  --out DIR        folder of gate.json, gate.junit.xml and gate.md (default out/gate)

Exit: 0 pass, 1 fail, 2 inconclusive, 64 wrong usage.`;

/**
 * ```ts
 * parseGateOptions(["--quick", "--baseline", "HEAD~1"]);
 * ```
 *
 * @throws {UsageError}
 */
export function parseGateOptions(args: readonly string[]): GateOptions {
  const quick = args.includes("--quick");
  const options = {
    seconds: quick ? 1 : 3,
    refresh_seconds: quick ? 5 : 8,
    rounds: quick ? 5 : 6,
    refresh_rounds: 3,
    scenes: new Set<"default" | "refresh">(["default", "refresh"]),
    baseline: null as string | null,
    out_dir: "out/gate",
  };
  for (let i = 0; i < args.length; i++) {
    const name = args[i];
    if (name === "--quick") continue;
    const value = () => {
      if (i + 1 >= args.length) throw new UsageError(`${name}: needs a value`);
      return args[++i];
    };
    switch (name) {
      case "--only":
        options.scenes = new Set([sceneOf(value())]);
        break;
      case "--seconds":
        options.seconds = options.refresh_seconds = wholeOption(name, value(), SECONDS_MAX);
        break;
      case "--rounds":
        options.rounds = options.refresh_rounds = wholeOption(name, value(), ROUNDS_MAX);
        break;
      case "--baseline":
        options.baseline = value();
        break;
      case "--out":
        options.out_dir = value();
        break;
      default:
        throw new UsageError(`${name}: unknown option`);
    }
  }
  return options.baseline === null ? options : withEnoughPairs(options);
}

/** Fewer pairs of rounds than that could not show a slow-down, however large. */
function withEnoughPairs<T extends { rounds: number; refresh_rounds: number }>(options: T): T {
  const pairs = pairsMin(COMPARISONS);
  return {
    ...options,
    rounds: Math.max(options.rounds, pairs),
    refresh_rounds: Math.max(options.refresh_rounds, pairs),
  };
}

function sceneOf(text: string): "default" | "refresh" {
  if (text === "default" || text === "refresh") return text;
  throw new UsageError(`--only ${text}: must be default or refresh`);
}
