/** Loads a test: the script, its options, metrics and thresholds. */
import type { Invocation } from "../command_line.ts";
import { ConfigProblem } from "../exit_codes.ts";
import { MetricEngine } from "../metrics/engine.ts";
import { resolveThresholds } from "../metrics/thresholds.ts";
import { type K6Options, OPTION_VARIABLES, type OptionName } from "../options/option_table.ts";
import { mergeOptions, optionsFromEnv, readOptions } from "../options/read_options.ts";
import { resolveOptions, type RunOptions } from "../options/run_options.ts";
import { describeError, ScriptError, TestAborted } from "../script/errors.ts";
import { Instantiator } from "../script/instantiate.ts";
import type { ScriptExports } from "../script/module_factory.ts";
import { loadGraph } from "../script/module_graph.ts";
import { RunningVu } from "../script/running_vu.ts";
import { ScriptFiles } from "../script/script_files.ts";
import { Vu } from "../script/vu.ts";
import { type RunHost, RunWorld } from "../script/vu_world.ts";
import type { System } from "./system.ts";

/** k6 options without effect here; giving one logs a warning. */
const WITHOUT_EFFECT =
  "blacklistIPs dns httpDebug insecureSkipTLSVerify localIPs tlsAuth tlsCipherSuites tlsVersion"
    .split(" ") as OptionName[];

export type LoadedTest = Readonly<Awaited<ReturnType<typeof loadTest>>>;

/** Loads the script once, for its options and metrics. @throws {ScriptError | ConfigProblem} */
export async function loadTest(invocation: Invocation, system: System, host: RunHost) {
  const entry = new URL(invocation.file, system.cwd).href;
  const label = (url: string) =>
    url.startsWith(system.cwd) ? decodeURI(url.slice(system.cwd.length)) : decodeURI(url);
  const graph = await loadGraph(entry, { readText: (url) => system.readText(url), label });
  const instantiator = new Instantiator(graph, (url) => decode(system.readBytes(url)));
  const files = new ScriptFiles((url) => system.readBytes(url), instantiator, entry);
  const world = new RunWorld(host, files);
  const env = { ...system.env(invocation.system_variables), ...invocation.env };
  const exports = await loadOnce(world, instantiator, env);
  const options = await readAllOptions(invocation, system, exports, label(entry), world);
  const thresholds = invocation.no_thresholds
    ? []
    : resolveThresholds(options.thresholds, world.registry);
  const engine = new MetricEngine(world.registry, thresholds, options.summary_trend_stats);
  world.setOptions(options);
  world.engine = engine;
  return { graph, instantiator, world, options, engine, env, exports };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function loadOnce(
  world: RunWorld,
  instantiator: Instantiator,
  env: Record<string, string>,
): Promise<ScriptExports> {
  const nowhere = {
    exchange() {
      throw new TypeError("no requests in the init context");
    },
    blocking: null,
    interrupt() {},
    closeIdle() {},
    expire() {},
    close() {},
  };
  const vu = new RunningVu(new Vu(0, world, nowhere, env), nowhere, (text) => text);
  try {
    return await vu.load(instantiator);
  } catch (error) {
    if (error instanceof TestAborted) throw error;
    throw new ScriptError(describeError(error, (text) => instantiator.localize(text)));
  }
}

async function readAllOptions(
  { config_file, options: flags, scenarios }: Invocation,
  system: System,
  exports: ScriptExports,
  script_label: string,
  world: RunWorld,
): Promise<RunOptions> {
  const of_file = config_file === null ? {} : await readConfig(config_file, system);
  const of_script = readOptions(jsonOf(exports.options, script_label), script_label);
  for (const warning of of_script.warnings) world.log("warning", warning);
  const merged = mergeOptions(
    of_file,
    of_script.options,
    optionsFromEnv(system.env(OPTION_VARIABLES)),
    flags,
  );
  const options = resolveOptions(only(merged, scenarios));
  for (const name of WITHOUT_EFFECT.filter((name) => merged[name])) {
    world.log("warning", `option ${name} is not supported and has no effect`);
  }
  const missing = options.scenarios.filter(({ exec }) => typeof exports[exec] !== "function");
  if (missing.length > 0) {
    throw new ConfigProblem(
      missing.map(({ name, exec }) =>
        `scenarios.${name}.exec: must be a function ${script_label} exports, got "${exec}"`
      ),
    );
  }
  return options;
}

async function readConfig(path: string, system: System): Promise<K6Options> {
  let raw: unknown;
  try {
    raw = JSON.parse(await system.readText(new URL(path, system.cwd).href));
  } catch (error) {
    throw new ConfigProblem([`--config=${path}: must be a JSON file: ${(error as Error).message}`]);
  }
  return readOptions(raw, path).options;
}

/** Options as JSON, as k6 reads them: without functions and the like. */
function jsonOf(options: unknown, label: string): unknown {
  try {
    return options === undefined ? undefined : JSON.parse(JSON.stringify(options));
  } catch (error) {
    throw new ConfigProblem([`${label}: options must be JSON: ${(error as Error).message}`]);
  }
}

/** Keeps the scenarios that `--scenario` names. */
function only(options: K6Options, names: readonly string[]): K6Options {
  if (names.length === 0) return options;
  const all = options.scenarios ?? {};
  const unknown = names.filter((name) => !Object.hasOwn(all, name));
  if (unknown.length > 0) {
    const known = Object.keys(all).join(", ") || "none";
    throw new ConfigProblem(
      unknown.map((name) => `--scenario=${name}: must be one of the script's: ${known}`),
    );
  }
  return { ...options, scenarios: Object.fromEntries(names.map((name) => [name, all[name]])) };
}
