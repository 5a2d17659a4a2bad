/** Splits a script into tokens: enough to find its imports and calls, no more. */

/** A piece of source that is neither blank nor comment. */
export interface Token {
  readonly kind: "word" | "string" | "template" | "number" | "regex" | "punctuator";
  readonly text: string;
  /** Offset of the first character. */
  readonly start: number;
  /** From 1. */
  readonly line: number;
}

/** Words after which a `/` begins a regular expression, not a division. */
const BEFORE_REGEX = new Set(
  ("await case delete do else extends in instanceof new of return throw typeof void yield")
    .split(" "),
);

const WORD = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d[\w.]*/y;

/**
 * All tokens, in order. Whether a `/` divides is told from the token before it, so a regular
 * expression right after `)` or `}` is read as a division; its quotes then spoil one line at most,
 * because a string ends with its line.
 *
 * ```ts
 * tokenize(`import http from "k6/http";`).map((token) => token.text);
 * // ["import", "http", "from", `"k6/http"`, ";"]
 * ```
 */
export function tokenize(source: string): Token[] {
  const scanner = new Scanner(source);
  scanner.run();
  return scanner.tokens;
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  #line = 1;
  /** For each `${` that is open, the braces open within it. */
  readonly #holes: number[] = [];

  constructor(source: string) {
    this.#source = source;
    if (source.startsWith("#!")) this.#skipLine();
  }

  run(): void {
    const source = this.#source;
    while (this.#at < source.length) {
      const char = source[this.#at];
      if (char === "\n") {
        this.#line++;
        this.#at++;
      } else if (char <= " ") this.#at++;
      else if (source.startsWith("//", this.#at)) this.#skipLine();
      else if (source.startsWith("/*", this.#at)) this.#skipComment();
      else if (char === '"' || char === "'") this.#push("string", this.#endOfQuoted(char));
      else if (char === "`") this.#template(this.#at + 1);
      else if (char === "}" && this.#holes.at(-1) === 0) {
        this.#holes.pop();
        this.#template(this.#at + 1);
      } else if (char === "/" && this.#regexMayBegin()) this.#push("regex", this.#endOfRegex());
      else this.#wordNumberOrPunctuator(char);
    }
  }

  #push(kind: Token["kind"], end: number): void {
    const start = this.#at;
    const text = this.#source.slice(start, end);
    this.tokens.push({ kind, text, start, line: this.#line });
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) this.#line++;
    this.#at = end;
  }

  #wordNumberOrPunctuator(char: string): void {
    for (const [kind, pattern] of [["number", NUMBER], ["word", WORD]] as const) {
      pattern.lastIndex = this.#at;
      if (pattern.test(this.#source)) return this.#push(kind, pattern.lastIndex);
    }
    const hole = this.#holes.length - 1;
    if (hole >= 0 && char === "{") this.#holes[hole]++;
    if (hole >= 0 && char === "}") this.#holes[hole]--;
    this.#push("punctuator", this.#at + 1);
  }

  #skipLine(): void {
    const end = this.#source.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#source.length : end;
  }

  #skipComment(): void {
    const end = this.#source.indexOf("*/", this.#at + 2);
    const stop = end < 0 ? this.#source.length : end + 2;
    for (; this.#at < stop; this.#at++) if (this.#source[this.#at] === "\n") this.#line++;
  }

  #endOfQuoted(quote: string): number {
    let at = this.#at + 1;
    for (; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\\") at++;
      else if (char === quote) return at + 1;
      else if (char === "\n") return at;
    }
    return at;
  }

  /** The literal part of a template that goes on at `from`, up to its end or its next `${`. */
  #template(from: number): void {
    let at = from;
    for (; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\\") at++;
      else if (char === "`") return this.#push("template", at + 1);
      else if (char === "$" && this.#source[at + 1] === "{") {
        this.#holes.push(0);
        return this.#push("template", at + 2);
      }
    }
    this.#push("template", at);
  }

  #regexMayBegin(): boolean {
    const before = this.tokens.at(-1);
    if (before === undefined) return true;
    if (before.kind === "word") return BEFORE_REGEX.has(before.text);
    if (before.kind === "template") return before.text.endsWith("${");
    return before.kind === "punctuator" && !")]}".includes(before.text);
  }

  #endOfRegex(): number {
    let at = this.#at + 1, in_class = false;
    for (; at < this.#source.length; at++) {
      const char = this.#source[at];
      if (char === "\\") at++;
      else if (char === "\n") return at;
      else if (char === "[") in_class = true;
      else if (char === "]") in_class = false;
      else if (char === "/" && !in_class) {
        while (/\w/.test(this.#source[at + 1] ?? "")) at++;
        return at + 1;
      }
    }
    return at;
  }
}
