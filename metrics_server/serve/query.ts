/** Strict query strings: a repeated or malformed parameter is an error. */

export const QUERY_CHARS_MAX = 8192;

export interface QueryProblem {
  readonly parameter: string;
  readonly reason: "missing" | "repeated" | "broken";
}

/** Query parameters, percent-decoded, with `+` as a space. */
export class Query {
  readonly #values = new Map<string, string>();
  readonly #repeated = new Set<string>();
  readonly #broken = new Set<string>();

  /** @param text The query without its `?`. */
  constructor(text: string) {
    if (text === "") return;
    for (const pair of text.split("&")) {
      const equals = pair.indexOf("=");
      const name = decode(equals < 0 ? pair : pair.slice(0, equals));
      if (name === null || name === "") continue;
      if (this.#values.has(name) || this.#broken.has(name)) this.#repeated.add(name);
      const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
      if (value === null) this.#broken.add(name);
      else this.#values.set(name, value);
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
    if (this.#broken.has(parameter)) return { parameter, reason: "broken" };
    return this.#values.get(parameter) ?? null;
  }
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
