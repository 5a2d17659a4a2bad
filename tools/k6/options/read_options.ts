/** Reads options from scripts, files, variables and flags, and merges them. */
import { ConfigProblem } from "../exit_codes.ts";
import { type K6Options, OPTION_TABLE, type OptionEntry, type OptionName } from "./option_table.ts";
import { isMissing, parseWith, record, ValueError } from "./readers.ts";

const ENTRIES = Object.entries(OPTION_TABLE) as [OptionName, OptionEntry<unknown>][];

/**
 * Reads `export const options` or a configuration file, named `source` in problems. A null option
 * counts as missing. @throws {ConfigProblem} Lists every invalid value.
 */
export function readOptions(raw: unknown, source: string) {
  if (raw === undefined || raw === null) return { options: {}, warnings: [] };
  const reading = new Reading(source);
  const given = reading.try("options", () => record(raw)) ?? {};
  for (const [name, value] of Object.entries(given)) {
    if (Object.hasOwn(OPTION_TABLE, name)) reading.take(name as OptionName, value);
    else reading.warnings.push(`${source}: unknown option ${name} has no effect`);
  }
  return reading.finish();
}

/**
 * Reads options from K6_* variables. An empty variable counts as missing.
 * @throws {ConfigProblem} Lists every invalid variable.
 */
export function optionsFromEnv(env: Readonly<Record<string, string | undefined>>): K6Options {
  const reading = new Reading("");
  for (const [name, { variable }] of ENTRIES) {
    if (variable !== undefined && env[variable]) reading.takeText(name, env[variable], variable);
  }
  return reading.finish().options;
}

/** Reads the values of flags; `prefix` begins names in problems. @throws {ConfigProblem} */
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
  /** Names the unknown options, which have no effect. */
  readonly warnings: string[] = [];
  readonly #options: Record<string, unknown> = {};
  readonly #problems: string[] = [];

  constructor(private readonly source: string) {}

  take(name: OptionName, value: unknown, label: string = name): void {
    const { reader }: OptionEntry<unknown> = OPTION_TABLE[name];
    if (isMissing(value, reader)) return;
    const read = this.try(label, () => reader.read(value));
    if (read !== undefined) this.#options[name] = read;
  }

  takeText(name: OptionName, text: string, label: string): void {
    this.take(name, parseWith(OPTION_TABLE[name].reader, text), label);
  }

  try<T>(label: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const where = this.source === "" ? "" : `${this.source}: `;
      this.#problems.push(where + error.describe(label));
    }
  }

  finish(): { options: K6Options; warnings: string[] } {
    if (this.#problems.length > 0) throw new ConfigProblem(this.#problems);
    return { options: this.#options, warnings: this.warnings };
  }
}

/** Options that describe the load; a later one replaces all earlier ones. */
const EXECUTION = ["duration", "iterations", "stages", "scenarios"] as const;

/**
 * Merges options; later ones replace earlier ones. k6's order is: configuration file, script, K6_*
 * variables, flags. A layer with duration, iterations, stages or scenarios replaces all of these
 * from earlier layers, so `--duration 10s` runs a script with stages for 10 s. Tags are merged by
 * name.
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
