/** Reads one value of each type an option may have, from JSON or from text. */
import { DURATION_MS_MAX, parseDuration } from "../duration.ts";

/** Why a value is not the option's: what it must be, and where inside the value that is. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  /** Such as `.stages[1].target`; empty for the value itself. */
  readonly path: string;
  readonly value: unknown;

  constructor(must: string, value: unknown, path = "") {
    super(must);
    this.value = value;
    this.path = path;
  }

  /** The same, seen from one level further out. */
  within(key: string): ValueError {
    return new ValueError(this.message, this.value, key + this.path);
  }

  /** `vus=-1: must be a whole number in 0–100000`. */
  describe(option: string): string {
    const shown = this.value === undefined ? "" : `=${show(this.value)}`;
    return `${option}${this.path}${shown}: ${this.message}`;
  }
}

/** How an option's value is read. */
export interface Reader<T> {
  /** @throws {ValueError} Where the value is none of its type. */
  read(value: unknown): T;
  /** From a K6_* variable or a flag to what {@link read} takes. */
  parse(text: string): unknown;
}

export function integer(min: number, max: number, unit = ""): Reader<number> {
  const must = `must be a whole number${unit && ` of ${unit}`} in ${min}–${max}`;
  return {
    read(value) {
      if (Number.isInteger(value) && value as number >= min && value as number <= max) {
        return value as number;
      }
      throw new ValueError(must, value);
    },
    parse: (text) => /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : text,
  };
}

/** Milliseconds of a duration that is at least `min_ms`. */
export function duration(min_ms = 0): Reader<number> {
  return {
    read(value) {
      let duration_ms: number;
      try {
        duration_ms = parseDuration(value);
      } catch (error) {
        throw new ValueError((error as Error).message, value);
      }
      if (duration_ms >= min_ms && duration_ms <= DURATION_MS_MAX) return duration_ms;
      throw new ValueError(`must be longer than 0s`, value);
    },
    parse: (text) => text,
  };
}

/** A duration kept as it was written, since scripts may ask for their options. */
export function durationAsWritten(min_ms = 0): Reader<string | number> {
  const { read, parse } = duration(min_ms);
  return {
    read(value) {
      read(value);
      return value as string | number;
    },
    parse,
  };
}

/** The shortest duration that is one. */
export const LONGER_THAN_ZERO_MS = 1e-6;

export const flag: Reader<boolean> = {
  read(value) {
    if (typeof value === "boolean") return value;
    throw new ValueError("must be true or false", value);
  },
  parse(text) {
    if (/^(true|1|t)$/i.test(text)) return true;
    return /^(false|0|f)$/i.test(text) ? false : text;
  },
};

export const text: Reader<string> = {
  read(value) {
    if (typeof value === "string") return value;
    throw new ValueError("must be a text", value);
  },
  parse: (text) => text,
};

export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  return {
    read(value) {
      if ((choices as readonly unknown[]).includes(value)) return value as T;
      throw new ValueError(`must be one of ${choices.join(", ")}`, value);
    },
    parse: (text) => text,
  };
}

/** A list; as text, separated by commas. */
export function listOf<T>(item: Reader<T>): Reader<T[]> {
  return {
    read(value) {
      if (!Array.isArray(value)) throw new ValueError("must be a list", value);
      return value.map((entry, index) => inside(`[${index}]`, () => item.read(entry)));
    },
    parse: (text) => text.split(",").filter((part) => part !== "").map((part) => item.parse(part)),
  };
}

/** Names and texts; numbers and booleans are written out. As text, `name=value,name=value`. */
export const textMap: Reader<Record<string, string>> = {
  read(value) {
    const map: Record<string, string> = {};
    for (const [name, entry] of Object.entries(record(value))) {
      if (!["string", "number", "boolean"].includes(typeof entry)) {
        throw new ValueError("must be a text", entry, `.${name}`);
      }
      map[name] = String(entry);
    }
    return map;
  },
  parse(text) {
    const pairs = text.split(",").filter((part) => part !== "").map((part) => part.split("="));
    if (pairs.some(({ length }) => length < 2)) return text;
    return Object.fromEntries(pairs.map(([name, ...value]) => [name, value.join("=")]));
  },
};

/** Whatever it is; who uses it looks at it. */
export const anything: Reader<unknown> = {
  read: (value) => value,
  parse: (text) => text,
};

/** @throws {ValueError} Where the value is no object with names. */
export function record(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ValueError("must be an object", value);
}

/** Runs `read` on what is at `key` inside a value, so that its errors say so. */
export function inside<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ValueError ? error.within(key) : error;
  }
}

function show(value: unknown): string {
  const shown = typeof value === "function" ? "a function" : JSON.stringify(value);
  return shown !== undefined && shown.length > 60 ? `${shown.slice(0, 57)}…` : String(shown);
}
