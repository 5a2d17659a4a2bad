/** Strict query strings: a repeated or malformed parameter is an error. */

export const QUERY_CHARS_MAX = 8192;

export interface QueryProblem {
  readonly parameter: string;
  readonly reason: "missing" | "repeated" | "broken";
}

/** Query parameters, percent-decoded, with `+` as a space. */
export class Query {
  /** Values as sent, by decoded name. */
  readonly #values = new Map<string, string>();
  readonly #repeated = new Set<string>();

  /** @param text The query without its `?`. */
  constructor(text: string) {
    if (text === "") return;
    for (const pair of text.split("&")) {
      const equals = pair.indexOf("=");
      const name = nameOf(pair);
      if (name === null || name === "") continue;
      if (this.#values.has(name)) this.#repeated.add(name);
      this.#values.set(name, equals < 0 ? "" : pair.slice(equals + 1));
    }
  }

  /** Value of a parameter that must be present once and not empty. */
  required(parameter: string): string | QueryProblem {
    const value = this.optional(parameter);
    return value === null || value === "" ? { parameter, reason: "missing" } : value;
  }

  /** Value of a parameter that may be absent (null). */
  optional(parameter: string): string | QueryProblem | null {
    if (this.#repeated.has(parameter)) return { parameter, reason: "repeated" };
    const value = this.#values.get(parameter);
    if (value === undefined) return null;
    return decode(value) ?? { parameter, reason: "broken" };
  }

  /**
   * Items of a list-valued parameter; null if it is absent. Plain commas separate items, `%2C` is a
   * comma within one (RFC 6570 §3.2.8). Call {@link optional} first, which finds problems.
   */
  list(parameter: string): string[] | null {
    return this.#values.get(parameter)?.split(",").map((item) => decode(item) ?? item) ?? null;
  }
}

/** Value of a flag: `1`, or `0` as if it were absent (null); null if it is neither. */
export function readFlag(text: string | null): boolean | null {
  if (text === null || text === "0") return false;
  return text === "1" ? true : null;
}

/**
 * The first parameter that is not in `known`, as sent if it cannot be decoded; null if there is
 * none. Names that begin with `_` are free for clients and ignored.
 */
export function unknownName(query: string, known: readonly string[]): string | null {
  for (const pair of query.split("&")) {
    const name = nameOf(pair) ?? pair;
    if (name !== "" && !name.startsWith("_") && !known.includes(name)) return name;
  }
  return null;
}

/**
 * A query with one parameter replaced. The others stay as sent: decoding and encoding them again
 * would turn the commas between items into commas within them.
 *
 * @param value Needs no percent-encoding.
 */
export function withParameter(query: string, name: string, value: string): string {
  const others = query.split("&").filter((pair) => pair !== "" && nameOf(pair) !== name);
  return [...others, `${name}=${value}`].join("&");
}

function nameOf(pair: string): string | null {
  const equals = pair.indexOf("=");
  return decode(equals < 0 ? pair : pair.slice(0, equals));
}

function decode(text: string): string | null {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return null;
  }
}
