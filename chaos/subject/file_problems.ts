/** Reads values of a JSON file and collects what is wrong with them, so that all is told at once. */

/** Mistakes told; a file with more has to be looked at anyway. */
export const PROBLEMS_MAX = 20;

/** Each method gives a value of the right type, also where it had to note a problem. */
export class FileProblems {
  readonly list: string[] = [];

  /** @param at Path of the key, `probes.value`; empty for the file. */
  add(at: string, problem: string): void {
    if (this.list.length >= PROBLEMS_MAX) return;
    this.list.push(at === "" ? problem : `${at}: ${problem}`);
  }

  /** An object with no keys but these; null: any. */
  object(at: string, value: unknown, keys: readonly string[] | null): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const is_told = at === "" && this.list.length > 0; // it was no JSON at all
      if (!is_told) this.#mismatch(at, "an object", value);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (keys === null || keys.includes(key)) continue;
      const path = at === "" ? key : `${at}.${key}`;
      this.add(path, `no such key; there are ${keys.join(", ")}`);
    }
    return value as Record<string, unknown>;
  }

  text(at: string, value: unknown): string {
    if (typeof value === "string" && (value !== "" || at.startsWith("env."))) return value;
    this.#mismatch(at, "text", value);
    return "";
  }

  texts(at: string, value: unknown): string[] {
    if (Array.isArray(value) && value.length > 0) {
      return value.map((item, i) => this.text(`${at}[${i}]`, item));
    }
    this.#mismatch(at, "a list of texts, the program first", value);
    return [];
  }

  /** A path and query, as in a request. */
  path(at: string, value: unknown): string {
    if (typeof value === "string" && /^\/[!-~]*$/.test(value)) return value;
    this.#mismatch(at, "a path that starts with /", value);
    return "/";
  }

  /** A JSON pointer (RFC 6901), or null. */
  pointer(at: string, value: unknown): string | null {
    if (value === null) return null;
    if (typeof value === "string" && /^(\/([^~]|~[01])*)?$/.test(value)) return value;
    this.#mismatch(at, "a JSON pointer such as /poller/polls", value);
    return null;
  }

  #mismatch(at: string, wanted: string, value: unknown): void {
    const got = value === undefined ? "nothing" : JSON.stringify(value);
    this.add(at, `must be ${wanted}, got ${got}`);
  }
}
