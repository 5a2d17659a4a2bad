/** Command line of `deno task bench:serve`. Pure. */
import { UsageError, wholeOption } from "../rig/mod.ts";

/** Figures by letter. */
export const FIGURES = {
  a: "GetMetric, access log on",
  b: "GetMetric, access log off",
  c: "ListMetrics of 64 switches",
  d: "ListMetrics answered with 304",
  e: "10,000 requests/s while 100,000 × 30 refresh",
  f: "memory at 100,000 × 30",
  g: "start to the first answer",
  h: "load engine against wrk",
} as const;

/** Limits of the numbers below. */
export const SECONDS_MAX = 600;
export const ROUNDS_MAX = 100;

/** What to measure and for how long. */
export interface Options {
  /** Letters of {@link FIGURES}. */
  figures: Set<string>;
  /** Length of one round of a to d and h; rounds of e take {@link refresh_seconds}. */
  seconds: number;
  refresh_seconds: number;
  /** Rounds of each server; e takes half as many of each kind, at least 3. */
  rounds: number;
  engine: "own" | "wrk";
  /** File for everything that was measured. */
  json: string | null;
}

/** Shown by `--help` and with what is refused. */
export const USAGE = `Usage: deno task bench:serve [options]

Takes about 6 minutes, with --quick 3. Close what else uses the processor.

  --quick          short rounds: a first look
  --only a,b,…     only these figures
  --seconds N      length of a round, 1–${SECONDS_MAX} s (default 3)
  --rounds N       rounds of each server, 1–${ROUNDS_MAX} (default 6; fewer than 3 prove nothing)
  --engine NAME    own (default) or wrk, for a to d
  --json FILE      also write everything measured to FILE

Figures: ${Object.entries(FIGURES).map(([letter, name]) => `${letter} ${name}`).join("; ")}.
Exit: 0 all bounds hold, 1 one is broken, 2 inconclusive, 64 wrong usage.`;

/**
 * ```ts
 * parseOptions(["--quick", "--only", "a,b"]);
 * ```
 *
 * @throws {UsageError}
 */
export function parseOptions(args: readonly string[]): Options {
  const quick = args.includes("--quick");
  const options: Options = {
    figures: new Set(Object.keys(FIGURES)),
    seconds: quick ? 1 : 3,
    refresh_seconds: quick ? 4 : 8,
    rounds: quick ? 4 : 6,
    engine: "own",
    json: null,
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
        options.figures = figuresOf(value());
        break;
      case "--seconds":
        options.seconds = options.refresh_seconds = wholeOption(name, value(), SECONDS_MAX);
        break;
      case "--rounds":
        options.rounds = wholeOption(name, value(), ROUNDS_MAX);
        break;
      case "--engine":
        options.engine = engineOf(value());
        break;
      case "--json":
        options.json = value();
        break;
      default:
        throw new UsageError(`${name}: unknown option`);
    }
  }
  return options;
}

function figuresOf(text: string): Set<string> {
  const letters = text.split(",").map((letter) => letter.trim());
  const unknown = letters.find((letter) => !Object.hasOwn(FIGURES, letter));
  if (unknown === undefined) return new Set(letters);
  const known = Object.keys(FIGURES).join(",");
  throw new UsageError(`--only ${text}: must be of ${known}, got "${unknown}"`);
}

function engineOf(text: string): "own" | "wrk" {
  if (text === "own" || text === "wrk") return text;
  throw new UsageError(`--engine ${text}: must be own or wrk`);
}
