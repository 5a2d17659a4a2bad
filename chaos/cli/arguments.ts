/** Parses the command line. */
import { parseArgs } from "node:util";
import { didYouMean } from "../../platform/mod.ts";
import type { EngineChoice } from "../../tools/toxiproxy/mod.ts";
import { SEED_MAX } from "../vocabulary/mod.ts";

/** Flags of `run`, `all` and `plan`. */
export interface RunFlags {
  readonly quick: boolean;
  /** null: draw one. */
  readonly seed: number | null;
  readonly engine: EngineChoice;
  /** null: a new folder in `out/chaos`. */
  readonly out: string | null;
  /** Subject file; null: metrics_server. */
  readonly subject: string | null;
  /** How often an inconclusive run is repeated. */
  readonly retries: number;
}

/** When `explore` stops drawing: after this time, or after this many runs. */
export interface ExploreLimits {
  readonly minutes: number;
  readonly runs: number;
}

/** Values of `--set`. */
const SCENARIO_SETS = ["all", "ci"] as const;
type ScenarioSet = typeof SCENARIO_SETS[number];

/** Values of `--engine`. */
const ENGINE_CHOICES: readonly EngineChoice[] = ["auto", "real", "embedded"];

type Command =
  | { readonly command: "help" }
  | { readonly command: "list" }
  | { readonly command: "plan"; readonly name: string; readonly flags: RunFlags }
  | { readonly command: "run"; readonly names: readonly string[]; readonly flags: RunFlags }
  | { readonly command: "all"; readonly set: ScenarioSet; readonly flags: RunFlags }
  | {
    readonly command: "explore";
    readonly limits: ExploreLimits;
    readonly flags: RunFlags;
  }
  | { readonly command: "judge"; readonly path: string; readonly out: string | null }
  | { readonly command: "compare"; readonly paths: readonly [string, string] }
  | {
    readonly command: "compare-subjects";
    /** Names of subjects, or paths of subject files; null: all that the lab knows. */
    readonly subjects: readonly string[] | null;
    readonly flags: RunFlags;
  };

export class UsageError extends Error {
  override name = "UsageError";
}

const RETRIES_MAX = 5;
const EXPLORE_MINUTES_DEFAULT = 10;
const EXPLORE_MINUTES_MAX = 1_440;
const EXPLORE_RUNS_MAX = 10_000;

/** Output of `--help`. */
export const USAGE = `deno task chaos COMMAND

  list                    list the scenarios and their questions
  plan NAME               print a scenario's timeline and bounds, without running it
  run NAME…               run scenarios by name or from a file.ts: live timeline, verdict, report
  all                     run every scenario, or those of --set, and write an index page
  explore                 run random timelines, and shrink a broken one
  judge RUN               judge a run again from its journal (folder or run.ndjson)
  compare RUN RUN         compare two runs side by side
  compare-subjects        run the same scenarios with several subjects, and write one table

  --quick                 short versions, at most 20 s each
  --seed N                0–${SEED_MAX}; default: drawn and printed
  --engine real|embedded  Toxiproxy to use; default: the real one if it is installed
  --out DIR               default out/chaos/<run>
  --retries N             repeat inconclusive runs up to N times, 0–${RETRIES_MAX}; default 0
  --minutes M, --runs N   with explore: how long; default --minutes ${EXPLORE_MINUTES_DEFAULT}
  --set ci                with all: short scenarios of each kind of fault, under 6 min with --quick
  --subject FILE          test another program, described by a subject file (JSON)
  --subjects A,B          with compare-subjects: names in chaos/subjects, or subject files

exit: 0 held, 1 broken, 2 inconclusive, 3 rollback failed, 64 bad scenario or command,
      70 the lab itself failed, 130/143 interrupted by SIGINT/SIGTERM after lifting all faults`;

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  quick: { type: "boolean" },
  seed: { type: "string" },
  engine: { type: "string" },
  out: { type: "string" },
  retries: { type: "string" },
  minutes: { type: "string" },
  runs: { type: "string" },
  set: { type: "string" },
  subject: { type: "string" },
  subjects: { type: "string" },
} as const;

const COMMANDS = "list, plan, run, all, explore, judge, compare, compare-subjects";

/** @throws {UsageError} with the argument and its valid values. */
export function readArguments(args: readonly string[]): Command {
  const { words, values } = split(args);
  const flags = readFlags(values);
  const set = values.set === undefined ? null : oneOf("set", values.set, SCENARIO_SETS);
  const [command, ...operands] = words;
  if (values.help !== undefined || command === undefined) return { command: "help" };
  if (set !== null && command !== "all") throw new UsageError("--set: only all takes it");
  const limits = readLimits(values);
  if (limits !== null && command !== "explore") {
    throw new UsageError("--minutes, --runs: only explore takes them");
  }
  if (values.subjects !== undefined && command !== "compare-subjects") {
    throw new UsageError("--subjects: only compare-subjects takes it");
  }
  const expect = (count: number, what: string) => {
    if (operands.length === count) return;
    throw new UsageError(`${command}: takes ${what}, got ${operands.join(" ") || "nothing"}`);
  };
  switch (command) {
    case "list":
      expect(0, "nothing");
      return { command };
    case "plan":
      expect(1, "the name of a scenario");
      return { command, name: operands[0], flags };
    case "run":
      if (operands.length === 0) throw new UsageError("run: takes one name or more, got none");
      return { command, names: operands, flags };
    case "all":
      expect(0, "nothing");
      return { command, set: set ?? "all", flags };
    case "explore":
      expect(0, "nothing");
      return {
        command,
        limits: limits ?? { minutes: EXPLORE_MINUTES_DEFAULT, runs: EXPLORE_RUNS_MAX },
        flags,
      };
    case "judge":
      expect(1, "the folder of a run");
      return { command, path: operands[0], out: flags.out };
    case "compare":
      expect(2, "the folders of two runs");
      return { command, paths: [operands[0], operands[1]] };
    case "compare-subjects":
      expect(0, "nothing");
      return { command, subjects: values.subjects?.split(",") ?? null, flags };
    default:
      throw new UsageError(
        `${command}: must be one of ${COMMANDS}; see --help${
          didYouMean(command, COMMANDS.split(", "))
        }`,
      );
  }
}

type Values = Partial<Record<keyof typeof OPTIONS, string>>;

function split(args: readonly string[]): { words: string[]; values: Values } {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const words: string[] = [], values: Values = {};
  for (const token of tokens) {
    if (token.kind === "positional") {
      words.push(token.value);
      continue;
    }
    const option = token.kind === "option" && Object.hasOwn(OPTIONS, token.name)
      ? OPTIONS[token.name as keyof Values]
      : null;
    const is_boolean = option?.type === "boolean";
    if (token.kind !== "option" || option === null || (is_boolean && token.inlineValue)) {
      throw new UsageError(`${args[token.index]}: no such flag; see --help`);
    }
    const value = is_boolean ? "yes" : token.value;
    if (value === undefined || value === "") {
      throw new UsageError(`${token.rawName}: takes a value`);
    }
    values[token.name as keyof Values] = value;
  }
  return { words, values };
}

function readFlags({ quick, seed, engine = "auto", out, subject, retries }: Values): RunFlags {
  return {
    quick: quick !== undefined,
    seed: seed === undefined ? null : wholeNumber("seed", seed, SEED_MAX),
    engine: oneOf("engine", engine, ENGINE_CHOICES),
    out: out ?? null,
    subject: subject ?? null,
    retries: retries === undefined ? 0 : wholeNumber("retries", retries, RETRIES_MAX),
  };
}

/** null without these flags. */
function readLimits({ minutes, runs }: Values): ExploreLimits | null {
  if (minutes === undefined && runs === undefined) return null;
  const read = (name: string, text: string | undefined, max: number) =>
    text === undefined ? max : wholeNumber(name, text, max, 1);
  return {
    minutes: read("minutes", minutes, EXPLORE_MINUTES_MAX),
    runs: read("runs", runs, EXPLORE_RUNS_MAX),
  };
}

function wholeNumber(name: string, text: string, max: number, min = 0): number {
  if (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw new UsageError(`--${name}=${text}: must be a whole number of ${min}–${max}`);
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name}=${text}: must be one of ${choices.join(", ")}`);
}
