/**
 * Gives the lines of a text without their ends (`\n` or `\r\n`); the end of the text ends a line too.
 *
 * ```ts
 * const lines = new LineReader("a\r\nb");
 * [lines.next(), lines.next(), lines.next()]; // ["a", "b", null]
 * ```
 */
export class LineReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next line, or `null` after the last one. */
  next(): string | null {
    const text = this.#text;
    const start = this.#at;
    if (start >= text.length) return null;
    const newline = text.indexOf("\n", start);
    let end = newline === -1 ? text.length : newline;
    this.#at = end + 1;
    if (text[end - 1] === "\r" && end > start) end--;
    return text.slice(start, end);
  }
}
