/** Reads all declared variables at once and documents them. Pure. */
import { ConfigError } from "./config_error.ts";
import type { Clamped, Entry, EntryFacts } from "./entry.ts";

/** Variables by name; empty and undefined both mean "not set". */
export type Env = Record<string, string | undefined>;

export type Spec = Record<string, Entry<unknown>>;

export type Config<S extends Spec> = {
  readonly [Name in keyof S]: S[Name] extends Entry<infer T> ? T : never;
};

/**
 * Reads every variable of `spec`.
 *
 * ```ts
 * const poll = { default: 1500, min: 100, max: 60_000, unit: "ms", description: "…" };
 * const SPEC = { POLL_MS: integer(poll) };
 * readConfig(SPEC, { POLL_MS: "99999" }).config.POLL_MS; // 60000, with one entry in `clamped`
 * ```
 *
 * @throws {ConfigError} One line that names every variable that could not be read.
 */
export function readConfig<const S extends Spec>(
  spec: S,
  env: Env,
): { config: Config<S>; clamped: Clamped[] } {
  const config: Record<string, unknown> = {};
  const clamped: Clamped[] = [];
  const problems: string[] = [];
  for (const [variable, entry] of Object.entries(spec)) {
    try {
      const text = env[variable]?.trim() ?? "";
      const reading = text === "" ? { value: entry.unset(variable) } : entry.read(variable, text);
      config[variable] = reading.value;
      if (reading.clamped) clamped.push(reading.clamped);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ConfigError(...problems);
  return { config: config as Config<S>, clamped };
}

export interface VariableRow extends EntryFacts {
  variable: string;
}

/** Facts of every variable, in the spec's order, for `.env.example` and the documentation. */
export function describe(spec: Spec): VariableRow[] {
  return Object.entries(spec).map(([variable, entry]) => ({ variable, ...entry.facts }));
}
