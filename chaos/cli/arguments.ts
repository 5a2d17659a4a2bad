/** What the command line asks for. Pure. */
import { ENGINE_CHOICES, type EngineChoice } from "../run/engines.ts";

/** How scenarios are run. */
export interface RunFlags {
  readonly quick: boolean;
  /** null: drawn anew. */
  readonly seed: number | null;
  readonly engine: EngineChoice;
  /** null: a folder of its own below `out/chaos`. */
  readonly out: string | null;
  /** Subject file; null is metrics_server. */
  readonly subject: string | null;
  /** How often a run that says too little is run again. */
  readonly retries: number;
}

/** Which scenarios `all` runs. */
export const SCENARIO_SETS = ["all", "ci"] as const;

/** One of {@link SCENARIO_SETS}. */
export type ScenarioSet = typeof SCENARIO_SETS[number];

/** A command. */
export type Command =
  | { readonly command: "help" }
  | { readonly command: "list" }
  | { readonly command: "plan"; readonly name: string; readonly flags: RunFlags }
  | { readonly command: "run"; readonly names: readonly string[]; readonly flags: RunFlags }
  | { readonly command: "all"; readonly set: ScenarioSet; readonly flags: RunFlags }
  | { readonly command: "judge"; readonly path: string; readonly out: string | null }
  | { readonly command: "compare"; readonly paths: readonly [string, string] };

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Largest seed: 32 bits. */
export const SEED_MAX = 0xffff_ffff;

/** Most repetitions of a run that says too little. */
export const RETRIES_MAX = 5;

/** What `--help` prints. */
export const USAGE = `deno task chaos COMMAND

  list                    scenarios, each with its question
  plan NAME               timeline and bounds of a scenario, without running it
  run NAME…               run scenarios: live timeline, verdict, report
  all                     run every scenario, or those of --set; an index page besides
  judge RUN               judge a run again from its journal (folder or run.ndjson)
  compare RUN RUN         two runs side by side

  --quick                 short versions, at most 20 s each
  --seed N                0–${SEED_MAX}; drawn and printed where it is not given
  --engine real|embedded  which Toxiproxy; default: the real one where it is found
  --out DIR               default out/chaos/<run>
  --retries N             run again what is inconclusive on a busy machine, 0–${RETRIES_MAX}; default 0
  --set ci                with all: one scenario a kind of fault, less than 3 min with --quick
  --subject FILE          another program, told by a subject file (JSON)

exit: 0 held, 1 broken, 2 inconclusive, 3 rollback failed, 64 bad scenario or command,
      70 the lab itself failed, 130/143 interrupted by SIGINT/SIGTERM after everything was lifted`;

/** @throws {UsageError} naming the argument and what may stand there. */
export function readArguments(args: readonly string[]): Command {
  const { words, flags, set, wants_help } = splitFlags(args);
  const [command, ...operands] = words;
  if (wants_help || command === undefined) return { command: "help" };
  if (set !== null && command !== "all") throw new UsageError(`--set: only all takes it`);
  const only = (count: number, what: string) => {
    if (operands.length === count) return;
    throw new UsageError(`${command}: takes ${what}, got ${operands.join(" ") || "nothing"}`);
  };
  switch (command) {
    case "list":
      only(0, "nothing");
      return { command };
    case "plan":
      only(1, "the name of a scenario");
      return { command, name: operands[0], flags };
    case "run":
      if (operands.length === 0) throw new UsageError("run: takes one name or more, got none");
      return { command, names: operands, flags };
    case "all":
      only(0, "nothing");
      return { command, set: set ?? "all", flags };
    case "judge":
      only(1, "the folder of a run");
      return { command, path: operands[0], out: flags.out };
    case "compare":
      only(2, "the folders of two runs");
      return { command, paths: [operands[0], operands[1]] };
    default:
      throw new UsageError(
        `${command}: must be one of list, plan, run, all, judge, compare; see --help`,
      );
  }
}

function splitFlags(args: readonly string[]) {
  const words: string[] = [];
  let wants_help = false, quick = false;
  const values: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (!arg.startsWith("-")) words.push(arg);
    else if (arg === "--help" || arg === "-h") wants_help = true;
    else if (arg === "--quick") quick = true;
    else {
      const [name, inline] = splitOnce(arg);
      if (!["--seed", "--engine", "--out", "--retries", "--set", "--subject"].includes(name)) {
        throw new UsageError(`${arg}: no such flag; see --help`);
      }
      const value = inline ?? args[++i];
      if (value === undefined || value === "") throw new UsageError(`${name}: takes a value`);
      values[name] = value;
    }
  }
  const flags: RunFlags = {
    quick,
    seed: values["--seed"] === undefined ? null : wholeNumber(values, "--seed", SEED_MAX),
    engine: readEngine(values["--engine"] ?? "auto"),
    out: values["--out"] ?? null,
    subject: values["--subject"] ?? null,
    retries: values["--retries"] === undefined ? 0 : wholeNumber(values, "--retries", RETRIES_MAX),
  };
  const set = values["--set"] === undefined ? null : readSet(values["--set"]);
  return { words, flags, set, wants_help };
}

function splitOnce(arg: string): [string, string | undefined] {
  const at = arg.indexOf("=");
  return at === -1 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function wholeNumber(values: Record<string, string>, name: string, max: number): number {
  const text = values[name], value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new UsageError(`${name}=${text}: must be a whole number of 0–${max}`);
}

function readSet(text: string): ScenarioSet {
  const set = SCENARIO_SETS.find((one) => one === text);
  if (set !== undefined) return set;
  throw new UsageError(`--set=${text}: must be one of ${SCENARIO_SETS.join(", ")}`);
}

function readEngine(text: string): EngineChoice {
  const engine = ENGINE_CHOICES.find((choice) => choice === text);
  if (engine !== undefined) return engine;
  throw new UsageError(`--engine=${text}: must be one of ${ENGINE_CHOICES.join(", ")}`);
}
