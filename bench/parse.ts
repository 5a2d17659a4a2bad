/**
 * Measures metrics_server's CSV parser against @std/csv and judges the bounds.
 *
 *     deno run --allow-all bench/parse.ts [--rounds N] [--json FILE]
 */
import {
  checkTable,
  conclusion,
  describeMachine,
  doubtLines,
  exitCode,
  machineLine,
} from "../tools/verdict/mod.ts";
import { compareParsers } from "./parse/compare.ts";
import { EXIT_USAGE, print, readOptions, ROUNDS_MAX, UsageError, wholeOption } from "./rig/mod.ts";

const ROUNDS = 9;
const SHAPES = [[10_000, 31], [10_000, 195]] as const;

const USAGE = `Usage: deno run --allow-all bench/parse.ts [--rounds 1–${ROUNDS_MAX}] [--json FILE]`;

function readArguments(args: readonly string[]): { rounds: number; json?: string } {
  try {
    const { rounds, json } = readOptions(args, { rounds: "string", json: "string" });
    return { rounds: wholeOption("rounds", rounds, ROUNDS_MAX, ROUNDS), json };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(Deno.stderr, `${error.message}\n${USAGE}`);
    Deno.exit(EXIT_USAGE);
  }
}

const { rounds, json } = readArguments(Deno.args);
const machine = describeMachine();
const comparisons = SHAPES.map(([rows, columns]) => compareParsers(rows, columns, rounds));
const checks = comparisons.flatMap(({ checks }) => checks);
const lines = [
  machineLine(machine),
  `${rounds} rounds of each parser in turn (ABBA) after a warm-up. A ratio is the median of the ` +
  "ratios of all rounds.",
  "Ours reads 64 KiB at a time, as a poll does; @std/csv gets decoded text.",
  "",
  ...checkTable(checks),
  "",
  ...doubtLines(checks),
  conclusion(checks),
];
print(Deno.stdout, lines.join("\n"));
if (json !== undefined) {
  Deno.writeTextFileSync(json, JSON.stringify({ machine, rounds, comparisons }, null, 2) + "\n");
}
Deno.exit(exitCode(checks));
