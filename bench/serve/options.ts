/** Command line of `deno task bench:serve`. Pure. */
import { REPLICAS_USAGE } from "./replicas/options.ts";
import { SHARDS_USAGE } from "./shards.ts";
import { readOptions, ROUNDS_MAX, SECONDS_MAX, UsageError, wholeOption } from "../rig/mod.ts";

export const FIGURES = {
  a: "GetMetric, access log on",
  b: "GetMetric, access log off",
  c: "ListMetrics of 64 switches",
  d: "ListMetrics answered with 304",
  e: "10,000 requests/s while 100,000 × 30 refresh",
  f: "memory at 100,000 × 30",
  g: "start to the first response",
  h: "load engine against wrk",
  i: "whole list of 40,000 × 34 as gzip",
  j: "GetMetric beside 1,000 streams",
} as const;

export interface Options {
  /** Letters of {@link FIGURES}. */
  figures: Set<string>;
  /** Length of a round of a to d, h and j. */
  seconds: number;
  /** Length of a round of e. */
  refresh_seconds: number;
  /** Rounds of each server, lists of i; e takes half as many of each kind, at least 3. */
  rounds: number;
  engine: "own" | "wrk";
  /** File for all results, or null. */
  json: string | null;
}

export const USAGE = `Usage: deno task bench:serve [options]

Takes about 8 minutes, with --quick 4. Close other programs that use the processor.

  --quick          short rounds: a first look
  --only a,b,…     only these figures
  --seconds N      length of a round, 1–${SECONDS_MAX} s (default 3)
  --rounds N       rounds of each server, 1–${ROUNDS_MAX} (default 6; fewer than 3 prove nothing)
  --engine NAME    own (default) or wrk, for a to d
  --json FILE      also write all results to FILE

${REPLICAS_USAGE}

${SHARDS_USAGE}

Figures: ${Object.entries(FIGURES).map(([letter, name]) => `${letter} ${name}`).join("; ")}.
Exit: 0 all bounds hold, 1 one is broken, 2 inconclusive, 64 wrong usage.`;

/** Explicit options override `--quick`. @throws {UsageError} */
export function parseOptions(args: readonly string[]): Options {
  const { quick, only, seconds, rounds, engine = "own", json = null } = readOptions(args, {
    quick: "boolean",
    only: "string",
    seconds: "string",
    rounds: "string",
    engine: "string",
    json: "string",
  });
  const is_quick = quick !== undefined;
  return {
    figures: only === undefined ? new Set(Object.keys(FIGURES)) : figuresOf(only),
    seconds: wholeOption("seconds", seconds, SECONDS_MAX, is_quick ? 1 : 3),
    refresh_seconds: wholeOption("seconds", seconds, SECONDS_MAX, is_quick ? 4 : 8),
    rounds: wholeOption("rounds", rounds, ROUNDS_MAX, is_quick ? 4 : 6),
    engine: engineOf(engine),
    json,
  };
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
