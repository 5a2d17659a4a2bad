/** Readers of option values, from JSON or from text. */
import { parseDuration } from "../duration.ts";

/** An invalid value: the rule it breaks and the place inside the option. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  /** Such as `[1].target`; empty for the option itself. */
  readonly path: string;

  constructor(must: string, readonly value: unknown, path = "") {
    super(must);
    this.path = path;
  }

  /** The same error for the enclosing value. */
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
  /** @throws {ValueError} The value is invalid. */
  read(value: unknown): T;
  /** An empty text counts as missing, as k6 reads numbers. */
  readonly is_empty_missing?: true;
  /** Turns the text of a variable or flag into a value for {@link read}; default: the text. */
  parse?(text: string): unknown;
}

/** A reader for values that pass a check; other values `must` be something. */
function checked<T>(
  is: (value: unknown) => boolean,
  must: string,
  parse?: (text: string) => unknown,
): Reader<T> {
  return {
    read(value) {
      if (is(value)) return value as T;
      throw new ValueError(must, value);
    },
    parse,
  };
}

/** A whole number, or its decimal digits as a text: `__ENV` has only texts. */
export function integer(min: number, max: number, unit = ""): Reader<number> {
  return {
    is_empty_missing: true,
    read(value) {
      const is_text = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value);
      const number = is_text ? Number(value) : value as number;
      if (Number.isInteger(number) && number >= min && number <= max) return number;
      throw new ValueError(
        `must be a whole number${unit && ` of ${unit}`} in ${min}–${max}`,
        value,
      );
    },
  };
}

/** Whether an option is not given. */
export function isMissing(value: unknown, { is_empty_missing }: Reader<unknown>): boolean {
  return value === undefined || value === null || (value === "" && is_empty_missing === true);
}

/** A duration of at least `min_ms`, read as milliseconds. */
export function duration(min_ms = 0): Reader<number> {
  return {
    read(value) {
      let duration_ms: number;
      try {
        duration_ms = parseDuration(value);
      } catch (error) {
        throw new ValueError((error as Error).message, value);
      }
      if (duration_ms >= min_ms) return duration_ms;
      throw new ValueError(`must be longer than 0s`, value);
    },
  };
}

/** A duration kept as written, for `exec.test.options`. */
export function durationAsWritten(min_ms = 0): Reader<string | number> {
  const { read } = duration(min_ms);
  return {
    read(value) {
      read(value);
      return value as string | number;
    },
  };
}

/** The shortest duration longer than 0: 1 ns. */
export const LONGER_THAN_ZERO_MS = 1e-6;

export const flag = checked<boolean>(
  (value) => typeof value === "boolean",
  "must be true or false",
  (text) => /^(true|1|t)$/i.test(text) ? true : /^(false|0|f)$/i.test(text) ? false : text,
);

export const text = checked<string>((value) => typeof value === "string", "must be a text");

export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  const is = (value: unknown) => (choices as readonly unknown[]).includes(value);
  return checked(is, `must be one of ${choices.join(", ")}`);
}

/** A list; as text separated by commas. */
export function listOf<T>(item: Reader<T>): Reader<T[]> {
  return {
    read(value) {
      if (!Array.isArray(value)) throw new ValueError("must be a list", value);
      return value.map((entry, index) => inside(`[${index}]`, () => item.read(entry)));
    },
    parse: (text) =>
      text.split(",").filter((part) => part !== "").map((part) => parseWith(item, part)),
  };
}

/** Texts by name; numbers and booleans become texts. As text: `name=value,name=value`. */
export const textMap: Reader<Record<string, string>> = {
  read: mapOf({
    read(entry) {
      if (["string", "number", "boolean"].includes(typeof entry)) return String(entry);
      throw new ValueError("must be a text", entry);
    },
  }).read,
  parse(text) {
    const pairs = text.split(",").filter((part) => part !== "").map((part) => part.split("="));
    if (pairs.some(({ length }) => length < 2)) return text;
    return Object.fromEntries(pairs.map(([name, ...value]) => [name, value.join("=")]));
  },
};

/** Any value, unchecked. */
export const anything: Reader<unknown> = { read: (value) => value };

/** An object with values of one type; `labelOf` shows a key in problems. */
export function mapOf<T>(
  item: Reader<T>,
  labelOf = (key: string) => `.${key}`,
): Reader<Record<string, T>> {
  return {
    read: (value) =>
      Object.fromEntries(
        Object.entries(record(value)).map(([key, entry]) => [
          key,
          inside(labelOf(key), () => item.read(entry)),
        ]),
      ),
  };
}

/** What a reader's `read` takes for a text. */
export function parseWith({ parse }: Reader<unknown>, text: string): unknown {
  return parse === undefined ? text : parse(text);
}

/** @throws {ValueError} The value is not an object. */
export function record(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ValueError("must be an object", value);
}

/** Runs `read` on the value at `key`; its errors name that place. */
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
