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
import { print, readOptions, ROUNDS_MAX, runProgram, wholeOption } from "./rig/mod.ts";

const ROUNDS = 9;
const SHAPES = [[10_000, 31], [10_000, 195]] as const;

const USAGE = `Usage: deno run --allow-all bench/parse.ts [--rounds 1–${ROUNDS_MAX}] [--json FILE]`;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, { rounds: "string", json: "string" });
  const rounds = wholeOption("rounds", options.rounds, ROUNDS_MAX, ROUNDS);
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
  if (options.json !== undefined) {
    const result = { machine, rounds, comparisons };
    await Deno.writeTextFile(options.json, JSON.stringify(result, null, 2) + "\n");
  }
  return exitCode(checks);
}

await runProgram(USAGE, main);
