/**
 * Measures metrics_server's CSV parser against @std/csv and judges the bounds.
 *
 *     deno task bench:parse [--rounds N] [--json FILE]
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

const ROUNDS = 9;
const ROUNDS_MAX = 100;
const SHAPES = [[10_000, 31], [10_000, 195]] as const;

/** EX_USAGE of sysexits(3). */
const EXIT_USAGE = 64;

function usage(message: string): never {
  const hint = `Usage: deno task bench:parse [--rounds 1–${ROUNDS_MAX}] [--json FILE]`;
  Deno.stderr.writeSync(new TextEncoder().encode(`${message}\n${hint}\n`));
  Deno.exit(EXIT_USAGE);
}

function readArguments(args: readonly string[]): { rounds: number; json: string | null } {
  const options: { rounds: number; json: string | null } = { rounds: ROUNDS, json: null };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i], value = args[i + 1] ?? usage(`${args[i]}: needs a value`);
    if (name === "--json") options.json = value;
    else if (name !== "--rounds") usage(`${name}: unknown option`);
    else if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= ROUNDS_MAX) {
      options.rounds = Number(value);
    } else usage(`--rounds ${value}: must be a whole number 1–${ROUNDS_MAX}`);
  }
  return options;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

const { rounds, json } = readArguments(Deno.args);
const machine = describeMachine();
const comparisons = SHAPES.map(([rows, columns]) => compareParsers(rows, columns, rounds));
const checks = comparisons.flatMap(({ checks }) => checks);
const lines = [
  machineLine(machine),
  `${rounds} rounds of each parser in turn, ABBA, after a warm-up; a ratio is the median of the rounds' ratios.`,
  "Ours reads bytes in pieces of 64 KiB as a poll does; @std/csv gets text that is already decoded.",
  "",
  ...checkTable(checks),
  "",
  ...doubtLines(checks),
  conclusion(checks),
];
print(lines.join("\n") + "\n");
if (json !== null) {
  Deno.writeTextFileSync(json, JSON.stringify({ machine, rounds, comparisons }, null, 2) + "\n");
}
Deno.exit(exitCode(checks));
