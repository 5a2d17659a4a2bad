/** The kinds of variables that a service can declare. Pure. */
import { badValue } from "./config_error.ts";

/** A number out of range that was moved to the nearest bound. */
export interface Clamped {
  variable: string;
  /** The value set; a text if it is too large for a number. */
  value: number | string;
  used: number;
  min: number;
  max: number;
}

export interface EntryFacts {
  kind: "whole number" | "number" | "port" | "text" | "choice" | "URL list";
  /** Unit of a number, for example `ms`, or empty. */
  unit: string;
  /** Default as written in `.env`, or undefined. */
  default: string | undefined;
  /** Accepted values in words: `1–100000`, `DEBUG, INFO, WARN, ERROR`. */
  range: string;
  description: string;
  /** Whether an unset variable switches something off instead of choosing a default. */
  optional: boolean;
}

/** A value that was read, and its clamping. */
export interface Reading<T> {
  value: T;
  clamped?: Clamped;
}

export interface Entry<T> {
  readonly facts: EntryFacts;
  /** Value of an unset variable; a required one throws. */
  unset(variable: string): T;
  /** Reads a trimmed, non-empty text. Throws ConfigError. */
  read(variable: string, text: string): Reading<T>;
}

interface NumberOptions {
  /** Without a default, the variable must be set or {@link optional}. */
  default?: number;
  min: number;
  max: number;
  unit: string;
  /** What happens to a number out of range. `refuse below` clamps above. Default `clamp`. */
  out_of_range?: "clamp" | "refuse" | "refuse below";
  description: string;
}

const WHOLE_NUMBER = /^-?\d+$/;
const DECIMAL_NUMBER = /^-?(\d+(\.\d+)?|\.\d+)$/;

export function integer(options: NumberOptions): Entry<number> {
  return numeric("whole number", WHOLE_NUMBER, options);
}

/** A number in plain decimal digits, with or without a fraction. */
export function number(options: NumberOptions): Entry<number> {
  return numeric("number", DECIMAL_NUMBER, options);
}

/** A TCP port to listen on; 0 picks a free one. Out of range is refused. */
export function port(options: { default?: number; description?: string }): Entry<number> {
  const entry = integer({
    default: options.default,
    min: 0,
    max: 65_535,
    unit: "",
    out_of_range: "refuse",
    description: options.description ?? "TCP port to listen on; 0 picks a free one",
  });
  return { ...entry, facts: { ...entry.facts, kind: "port" } };
}

interface TextOptions {
  default?: string;
  description: string;
  pattern?: RegExp;
  must_be?: string;
  /** What a set value must be, or undefined if it is valid. */
  problemOf?: (value: string) => string | undefined;
}

export function text(options: TextOptions): Entry<string> {
  const must_be = options.must_be ??
    (options.pattern ? `like ${options.pattern.source}` : "a text");
  const fits = (value: string) => options.pattern === undefined || options.pattern.test(value);
  if (options.default !== undefined && !fits(options.default)) {
    throw new RangeError(`Cannot declare default "${options.default}": must be ${must_be}`);
  }
  return {
    facts: facts("text", options, options.default, options.pattern ? must_be : ""),
    unset: (variable) => defaultOr(options.default, variable, must_be),
    read(variable, value) {
      const problem = fits(value) ? options.problemOf?.(value) : `must be ${must_be}`;
      if (problem !== undefined) throw badValue(variable, value, problem);
      return { value };
    },
  };
}

/** One of a few words, in any case. */
export function choice<const T extends string>(
  options: { default?: T; of: readonly T[]; description?: string },
): Entry<T> {
  const must_be = `one of ${options.of.join(", ")}`;
  return {
    facts: facts("choice", options, options.default, options.of.join(", ")),
    unset: (variable) => defaultOr(options.default, variable, must_be),
    read(variable, value) {
      const found = options.of.find((word) => word.toLowerCase() === value.toLowerCase());
      if (found === undefined) throw badValue(variable, value, `must be ${must_be}`);
      return { value: found };
    },
  };
}

/** Makes a variable optional: undefined if it is unset or empty. */
export function optional<T>(entry: Entry<T>): Entry<T | undefined> {
  return {
    facts: { ...entry.facts, default: undefined, optional: true },
    unset: () => undefined,
    read: entry.read,
  };
}

/** Facts of an entry without a unit. */
export function facts(
  kind: EntryFacts["kind"],
  options: { description?: string },
  default_text: string | undefined,
  range: string,
): EntryFacts {
  const description = options.description ?? "";
  return { kind, unit: "", default: default_text, range, description, optional: false };
}

/** The default, or an error that the variable must be set. */
export function defaultOr<T>(value: T | undefined, variable: string, must_be: string): T {
  if (value === undefined) throw badValue(variable, "", `must be set to ${must_be}`);
  return value;
}

function numeric(
  kind: "whole number" | "number",
  pattern: RegExp,
  options: NumberOptions,
): Entry<number> {
  const { min, max, unit } = options;
  if (options.default !== undefined && !(options.default >= min && options.default <= max)) {
    throw new RangeError(`Cannot declare default ${options.default}: must be ${min}–${max}`);
  }
  const example = options.default === undefined ? "" : `, e.g. ${options.default}`;
  const shown_unit = unit === "" ? "" : ` (${unit})`;
  const must_be = `a ${kind} ${min}–${max}${shown_unit}${example}`;
  return {
    facts: {
      ...facts(kind, options, options.default?.toString(), `${min}–${max}`),
      unit,
    },
    unset: (variable) => defaultOr(options.default, variable, must_be),
    read(variable, value) {
      if (!pattern.test(value)) throw badValue(variable, value, `must be ${must_be}`);
      const set = Number(value);
      if (set >= min && set <= max) return { value: set };
      const { out_of_range } = options;
      if (out_of_range === "refuse" || (out_of_range === "refuse below" && set < min)) {
        throw badValue(variable, value, `must be ${min}–${max}${shown_unit}`);
      }
      const used = set < min ? min : max;
      const shown = Number.isSafeInteger(Math.trunc(set)) ? set : value.slice(0, 40);
      return { value: used, clamped: { variable, value: shown, used, min, max } };
    },
  };
}
