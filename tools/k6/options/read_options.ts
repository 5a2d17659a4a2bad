/** From what a script, a file, the environment or flags say to options of known types. */
import { ConfigProblem } from "../exit_codes.ts";
import { type K6Options, OPTION_TABLE, type OptionEntry, type OptionName } from "./option_table.ts";
import { record, ValueError } from "./readers.ts";

/** A script's or a file's options. */
export interface OptionsRead {
  options: K6Options;
  /** Names nobody knows: they change nothing. */
  warnings: string[];
}

const ENTRIES = Object.entries(OPTION_TABLE) as [OptionName, OptionEntry<unknown>][];

/**
 * Reads `export const options`, or a configuration file's JSON. What is null counts as not given.
 *
 * @param source Named in problems, such as `bench/k6/getmetric.js` or `config.json`.
 * @throws {ConfigProblem} With every value that is not of its option's type.
 *
 * ```ts
 * readOptions({ vus: 10, duration: "30s" }, "script.js").options.vus; // 10
 * ```
 */
export function readOptions(raw: unknown, source: string): OptionsRead {
  if (raw === undefined || raw === null) return { options: {}, warnings: [] };
  const reading = new Reading(source);
  const given = reading.try("options", () => record(raw)) ?? {};
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(OPTION_TABLE, name)) reading.take(name as OptionName, value);
    else reading.warnings.push(`${source}: no option is named ${name}: it changes nothing`);
  }
  return reading.finish();
}

/**
 * Reads the K6_* variables that are options; an empty one counts as not given.
 *
 * @throws {ConfigProblem} With every variable whose text is not of its option's type.
 *
 * ```ts
 * optionsFromEnv({ K6_VUS: "10", K6_STAGES: "5s:10,10s:0" });
 * ```
 */
export function optionsFromEnv(env: Readonly<Record<string, string | undefined>>): K6Options {
  const reading = new Reading("");
  for (const [name, { variable }] of ENTRIES) {
    const text = variable === undefined ? undefined : env[variable];
    if (text !== undefined && text !== "") reading.takeText(name, text, variable!);
  }
  return reading.finish().options;
}

/**
 * Reads options given as text, such as those of flags.
 *
 * @param prefix Put before a name in problems, such as `--`.
 * @throws {ConfigProblem} With every text that is not of its option's type.
 *
 * ```ts
 * optionsFromTexts({ vus: "10", stages: "5s:10,10s:0" }, "--").vus; // 10
 * ```
 */
export function optionsFromTexts(
  texts: Readonly<Partial<Record<OptionName, string>>>,
  prefix: string,
): K6Options {
  const reading = new Reading("");
  for (const [name, text] of Object.entries(texts)) {
    if (text !== undefined) reading.takeText(name as OptionName, text, prefix + name);
  }
  return reading.finish().options;
}

class Reading {
  readonly warnings: string[] = [];
  readonly #options: Record<string, unknown> = {};
  readonly #problems: string[] = [];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  take(name: OptionName, value: unknown, label: string = name): void {
    if (value === undefined || value === null) return;
    const { reader }: OptionEntry<unknown> = OPTION_TABLE[name];
    const read = this.try(label, () => reader.read(value));
    if (read !== undefined) this.#options[name] = read;
  }

  takeText(name: OptionName, text: string, label: string): void {
    this.take(name, OPTION_TABLE[name].reader.parse(text), label);
  }

  try<T>(label: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const where = this.#source === "" ? "" : `${this.#source}: `;
      this.#problems.push(where + error.describe(label));
    }
  }

  finish(): OptionsRead {
    if (this.#problems.length > 0) throw new ConfigProblem(this.#problems);
    return { options: this.#options, warnings: this.warnings };
  }
}

/** What says how the load runs. Given anew, it replaces all of it that was given before. */
const EXECUTION = ["duration", "iterations", "stages", "scenarios"] as const;

/**
 * Puts options on top of each other, later ones over earlier ones: k6's order is defaults,
 * configuration file, script, K6_* variables, flags.
 *
 * A layer that gives one of duration, iterations, stages and scenarios takes back what earlier
 * layers said of any of them, so that `--duration 10s` runs a script that has stages for 10 s. Test
 * tags are joined by name.
 *
 * ```ts
 * mergeOptions({ stages: [{ duration: "1m", target: 9 }], vus: 3 }, { duration: "10s" });
 * // { vus: 3, duration: "10s" }
 * ```
 */
export function mergeOptions(...layers: readonly K6Options[]): K6Options {
  let merged: K6Options = {};
  for (const layer of layers) {
    if (EXECUTION.some((name) => layer[name] !== undefined)) {
      const { duration: _d, iterations: _i, stages: _s, scenarios: _c, ...rest } = merged;
      merged = rest;
    }
    const tags = { ...merged.tags, ...layer.tags };
    merged = { ...merged, ...layer };
    if (Object.keys(tags).length > 0) merged.tags = tags;
  }
  return merged;
}
