/** The command line, with k6's commands and flags: `run [flags] FILE`. Pure. */
import { didYouMean } from "../../platform/mod.ts";
import { ConfigProblem, EXIT_CODES } from "./exit_codes.ts";
import { type K6Options, OPTION_VARIABLES, type OptionName } from "./options/option_table.ts";
import { optionsFromTexts } from "./options/read_options.ts";

/** k6 commands that this runner refuses. */
const UNSUPPORTED =
  "archive cloud completion deps inspect login new pause resume scale stats status x".split(" ");

export type Command =
  | { readonly name: "help" | "version" | "run" }
  | { readonly name: "unsupported"; readonly detail: string };

/** Finds the command; anything that is not a command of k6 is a script to run. */
export function commandOf(args: readonly string[]): Command {
  const [first] = args;
  if (args.length === 0 || first === "help") return { name: "help" };
  if (args.some((arg) => arg === "-h" || arg === "--help")) return { name: "help" };
  if (first === "version" || first === "--version") return { name: "version" };
  if (!UNSUPPORTED.includes(first)) return { name: "run" };
  const detail = `${first}: this runner does not support this k6 command, only run and version; ` +
    "see --help";
  return { name: "unsupported", detail };
}

/**
 * The output of `version`. It does not start with a k6 version, because this is not k6.
 * @param platform Such as `linux/x86_64`.
 */
export function versionText(deno: string, platform: string): string {
  return `tools/k6, runs k6 scripts, is not k6 (Deno ${deno}, ${platform})`;
}

export interface Reply {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  readonly exit_code: number;
}

/** The reply to any command but `run`; null for `run`. */
export function replyTo(args: readonly string[], deno: string, platform: string): Reply | null {
  const command = commandOf(args);
  const { ok, other_error } = EXIT_CODES;
  switch (command.name) {
    case "help":
      return { stream: "stdout", text: USAGE, exit_code: ok };
    case "version":
      return { stream: "stdout", text: versionText(deno, platform), exit_code: ok };
    case "unsupported":
      return { stream: "stderr", text: command.detail, exit_code: other_error };
    case "run":
      return null;
  }
}

export type Invocation = Readonly<ReturnType<typeof parseInvocation>>;

/** Environment variables that the runner reads. */
export const RUNNER_VARIABLES: readonly string[] = [
  ...OPTION_VARIABLES,
  ...("K6_CONFIG K6_INCLUDE_SYSTEM_ENV_VARS K6_NO_COLOR K6_NO_SETUP K6_NO_TEARDOWN " +
    "K6_NO_THRESHOLDS K6_OUT K6_SUMMARY_EXPORT K6_SUMMARY_MODE NO_COLOR").split(" "),
];

const SUMMARY_MODES = ["compact", "full", "disabled"] as const;

const SHORT: Readonly<Record<string, string>> = {
  u: "vus",
  d: "duration",
  i: "iterations",
  s: "stage",
  e: "env",
  o: "out",
  c: "config",
  q: "quiet",
  v: "verbose",
};

/** Flags by the option they set, such as `batch-per-host` for `batchPerHost`. */
function flagsOf(names: string): Readonly<Record<string, OptionName>> {
  const flag = (name: string) =>
    name.replace(/[A-Z]+(?=[A-Z][a-z])|[A-Z]/g, (capitals) => `-${capitals.toLowerCase()}`);
  return Object.fromEntries(names.split(" ").map((name) => [flag(name), name as OptionName]));
}

/** Flags with a value that set an option. */
const OPTION_FLAGS = flagsOf(
  "vus duration iterations batch batchPerHost rps userAgent maxRedirects minIterationDuration " +
    "summaryTrendStats summaryTimeUnit systemTags blockHostnames",
);

/** Switches that set an option. */
const OPTION_SWITCHES = flagsOf(
  "throw discardResponseBodies noConnectionReuse noVUConnectionReuse noCookiesReset " +
    "insecureSkipTLSVerify",
);

/** Other flags with a value. */
const VALUE_FLAGS = ("stage env tag out summary-export summary-mode config " +
  "scenario allow-read allow-write allow-env").split(" ");

/** Other switches. */
const SWITCHES =
  ("no-thresholds no-setup no-teardown no-color no-usage-report once quiet verbose " +
    "include-system-env-vars").split(" ");

export const USAGE = `Usage: deno task k6 run [flags] FILE
       deno task k6 version

  -u, --vus N   -d, --duration 30s   -i, --iterations N   -s, --stage 10s:50   --once
  -e, --env NAME=VALUE   --tag NAME=VALUE   --scenario A,B   -c, --config FILE
  -o, --out json=FILE   --summary-export FILE   --summary-mode compact|full|disabled
  --allow-read PATH   --allow-write PATH   --allow-env NAME,NAME
  --no-thresholds   --no-setup   --no-teardown   -q, --quiet   -v, --verbose   --no-color
  --${Object.keys(OPTION_FLAGS).slice(3).join("  --")}
  --${Object.keys(OPTION_SWITCHES).join("  --")}

K6_* variables work as with k6. Exit codes: 0 passed, 99 thresholds failed, 100/101/102 setup,
teardown or handleSummary timed out, 104 invalid configuration, 105 interrupted, 107 script error,
108 aborted by the script, 110 failed by the script, 255 any other error.`;

/** @param env K6_* variables replace missing flags. @throws {ConfigProblem} */
export function parseInvocation(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
) {
  const { values, files } = splitArguments(args);
  if (files[0] === "run") files.shift();
  if (files.length !== 1) {
    throw new ConfigProblem([
      `FILE: must be one script, got ${files.length === 0 ? "none" : files.join(" ")}`,
    ]);
  }
  const last = (name: string, variable?: string): string | null =>
    values.get(name)?.at(-1) ?? (variable === undefined ? null : env[variable] || null);
  const isOn = (name: string, variable?: string) => readSwitch(name, last(name, variable));
  const summary_mode = last("summary-mode", "K6_SUMMARY_MODE") ?? "compact";
  if (!isOneOf(SUMMARY_MODES, summary_mode)) {
    throw new ConfigProblem([
      `--summary-mode=${summary_mode}: must be one of ${SUMMARY_MODES.join(", ")}`,
    ]);
  }
  const outputs = values.get("out") ?? (env.K6_OUT ? [env.K6_OUT] : []);
  return {
    /** The path as given; `-` is stdin. */
    file: files[0],
    options: readOptionFlags(values),
    env: pairs("env", values.get("env") ?? []),
    /** Files of `--out json=FILE`. */
    json_outputs: outputs.map(readOutput),
    summary_export: last("summary-export", "K6_SUMMARY_EXPORT"),
    summary_mode,
    config_file: last("config", "K6_CONFIG"),
    /** Names of the scenarios to run; empty: all. */
    scenarios: (values.get("scenario") ?? []).join(",").split(",").map((name) => name.trim())
      .filter((name) => name !== ""),
    no_thresholds: isOn("no-thresholds", "K6_NO_THRESHOLDS"),
    no_setup: isOn("no-setup", "K6_NO_SETUP"),
    no_teardown: isOn("no-teardown", "K6_NO_TEARDOWN"),
    /** Environment variables that the script sees; null: all. */
    system_variables: readSystemVariables(
      last("include-system-env-vars", "K6_INCLUDE_SYSTEM_ENV_VARS"),
      values.get("allow-env") ?? [],
    ),
    /** Files and folders that the script may read, besides its own folder. */
    allow_read: values.get("allow-read") ?? [],
    /** Files and folders that the script may write, besides its own folder and `out/`. */
    allow_write: values.get("allow-write") ?? [],
    quiet: isOn("quiet"),
    verbose: isOn("verbose"),
    color: !isOn("no-color", "K6_NO_COLOR") && !env.NO_COLOR,
  };
}

function isOneOf<T extends string>(choices: readonly T[], text: string): text is T {
  return (choices as readonly string[]).includes(text);
}

function splitArguments(args: readonly string[]) {
  const values = new Map<string, string[]>(), files: string[] = [], problems: string[] = [];
  const pending = [...args];
  while (pending.length > 0) {
    const argument = pending.shift()!;
    if (!/^-./.test(argument)) {
      files.push(argument);
      continue;
    }
    const [, dashes, written, value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(argument)!;
    const { name, attached } = dashes === "-"
      ? { name: SHORT[written[0]] ?? written, attached: written.slice(1) }
      : { name: written, attached: "" };
    const takes_value = name in OPTION_FLAGS || VALUE_FLAGS.includes(name);
    const is_switch = name in OPTION_SWITCHES || SWITCHES.includes(name);
    if (!takes_value && !is_switch) {
      const flags = [OPTION_FLAGS, OPTION_SWITCHES].flatMap(Object.keys).concat(
        VALUE_FLAGS,
        SWITCHES,
      );
      problems.push(`${argument}: unknown flag, see --help${didYouMean(name, flags)}`);
      continue;
    }
    const joined = value === undefined ? attached : attached + (attached ? "=" : "") + value;
    const has_value = value !== undefined || attached !== "";
    if (takes_value && !has_value && pending.length === 0) {
      problems.push(`${argument}: needs a value`);
      continue;
    }
    const text = has_value ? joined : takes_value ? pending.shift()! : "true";
    values.set(name, [...values.get(name) ?? [], text]);
  }
  if (problems.length > 0) throw new ConfigProblem(problems);
  return { values, files };
}

function readOptionFlags(values: ReadonlyMap<string, string[]>): K6Options {
  const texts: Partial<Record<OptionName, string>> = {};
  for (const [flag, name] of Object.entries({ ...OPTION_FLAGS, ...OPTION_SWITCHES })) {
    const text = values.get(flag)?.at(-1);
    if (text !== undefined) texts[name] = text;
  }
  const stages = values.get("stage");
  if (stages !== undefined) texts.stages = stages.join(",");
  if (readSwitch("once", values.get("once")?.at(-1) ?? null)) {
    texts.iterations = texts.vus = "1";
  }
  const options = optionsFromTexts(texts, "--");
  const tags = pairs("tag", values.get("tag") ?? []);
  return Object.keys(tags).length === 0 ? options : { ...options, tags };
}

function readSwitch(name: string, text: string | null): boolean {
  if (text === null || /^(false|0)$/i.test(text)) return false;
  if (/^(true|1)$/i.test(text)) return true;
  throw new ConfigProblem([`--${name}=${text}: must be true or false`]);
}

function readSystemVariables(include: string | null, lists: readonly string[]): string[] | null {
  const names = lists.join(",").split(",").map((name) => name.trim()).filter((name) => name !== "");
  const invalid = names.filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (invalid.length > 0) {
    throw new ConfigProblem(
      invalid.map((name) => `--allow-env=${name}: must be the name of an environment variable`),
    );
  }
  return readSwitch("include-system-env-vars", include) ? null : names;
}

function pairs(flag: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals <= 0) {
      const hint = flag === "env" ? `; --allow-env ${text} passes the variable on` : "";
      throw new ConfigProblem([`--${flag} ${text}: must be NAME=VALUE${hint}`]);
    }
    return [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

function readOutput(text: string): string {
  const file = /^json=(.+)$/s.exec(text)?.[1];
  if (file !== undefined) return file;
  throw new ConfigProblem([
    `--out ${text}: must be json=FILE; this runner supports no other output`,
  ]);
}
