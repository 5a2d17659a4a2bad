/**
 * The start of a body: byte order mark, line ends, Excel's line `sep=;`, header row.
 */
import { textOf } from "./cell_table.ts";
import { brokenHeaderQuote, excerpt, readHeaderNames, rejectForeignFormat } from "./header.ts";
import { EXCERPT_MAX, limitRow, ParseError, ROW_BYTES_MAX } from "./rejection.ts";
import { newRowScan } from "./row_scanner.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Reads everything before the rows, as the bytes arrive. */
export class BodyHead {
  /** First byte not read yet, and its line. */
  next = 0;
  line = 1;
  /** Whether lines end with a carriage return alone, which is then stored as a line feed. */
  lines_end_with_cr = false;
  readonly #scan = newRowScan();
  #is_mark_skipped = false;
  #is_delimiter_known = false;

  /** Byte between two cells. */
  get delimiter(): number {
    return this.#scan.delimiter;
  }

  /**
   * Names in the header row, or null if more bytes are needed. `final`: no bytes follow `length`.
   *
   * @throws {ParseError} `html`, `json`, `no_id_column`, `too_many_columns`, `row_too_long`
   */
  read(bytes: Uint8Array, length: number, final: boolean): string[] | null {
    if (!this.#skipMark(bytes, length, final)) return null;
    this.#skipBlank(bytes, length);
    const start = this.next;
    if (start === length) return null;
    if (endsWithCrOnly(bytes, start, length, this.delimiter)) {
      this.lines_end_with_cr = true;
      replaceCr(bytes.subarray(0, length));
    }
    const line_end = bytes.subarray(0, length).indexOf(LF, start);
    const end = line_end >= 0 ? line_end : length;
    const next = Math.min(end + 1, length);
    const whole = line_end >= 0 || final;
    // A long line need not be complete to be recognised as JSON or HTML.
    if (whole || end - start >= EXCERPT_MAX) rejectForeignFormat(bytes, start, end);
    limitRow(next - start, this.line);
    if (!whole) return null;
    if (this.#takeDelimiter(bytes, start, end)) {
      this.next = next;
      this.line++;
      return this.read(bytes, length, final);
    }
    const names = readHeaderNames(bytes, length, start, final, this.#scan);
    if (names === null) {
      if (length - start > ROW_BYTES_MAX) throw brokenHeaderQuote(bytes, start, end);
      return null;
    }
    limitRow(this.#scan.next - start, this.line);
    this.next = this.#scan.next;
    this.line += this.#scan.lines;
    return names;
  }

  /** Skips a byte order mark. False until enough bytes arrived to see one. */
  #skipMark(bytes: Uint8Array, length: number, final: boolean): boolean {
    if (this.#is_mark_skipped) return true;
    // Reused memory may hold a byte order mark after a shorter body.
    const is_long_enough = length >= BYTE_ORDER_MARK.length;
    if (!is_long_enough && !final) return false;
    this.#is_mark_skipped = true;
    if (is_long_enough && BYTE_ORDER_MARK.every((byte, i) => byte === bytes[i])) {
      this.next = BYTE_ORDER_MARK.length;
    }
    return true;
  }

  /** A tab that separates cells begins the header row. */
  #skipBlank(bytes: Uint8Array, length: number): void {
    for (; this.next < length; this.next++) {
      const byte = bytes[this.next];
      if (byte > SPACE || byte === this.delimiter) return;
      if (byte === LF) this.line++;
    }
  }

  /** Whether the line names the delimiter. Only the first line may. */
  #takeDelimiter(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#is_delimiter_known) return false;
    this.#is_delimiter_known = true;
    const delimiter = readDelimiter(bytes, start, end);
    if (delimiter !== null) this.#scan.delimiter = delimiter;
    return delimiter !== null;
  }
}

/**
 * Whether the line at `start` ends with a carriage return alone; then all lines of the body do.
 * False, too, while the byte after the carriage return is missing.
 */
function endsWithCrOnly(
  bytes: Uint8Array,
  start: number,
  length: number,
  delimiter: number,
): boolean {
  let i = start;
  let is_quoted = false;
  for (; i < length; i++) {
    const byte = bytes[i];
    if (is_quoted) {
      // A doubled quote closes and opens at once.
      if (byte === QUOTE) is_quoted = bytes[i + 1] === QUOTE && i++ < length;
    } else if (byte === QUOTE) is_quoted = i === start || bytes[i - 1] === delimiter;
    else if (byte === CR || byte === LF) break;
  }
  while (i < length && bytes[i] === CR) i++;
  return i < length && bytes[i] !== LF && bytes[i - 1] === CR;
}

/** Replaces each carriage return by a line feed, in place. */
export function replaceCr(bytes: Uint8Array): void {
  for (let i = bytes.indexOf(CR); i >= 0; i = bytes.indexOf(CR, i + 1)) bytes[i] = LF;
}

/** Longest first line that may be `sep=`; spreadsheets append a line of delimiters to it. */
const SEP_LINE_BYTES_MAX = 256;

/**
 * Delimiter byte that Excel's line `sep=;` names, or null for any other line. A quoted line and the
 * delimiters that a spreadsheet appends are accepted.
 *
 * @throws {ParseError} `no_id_column` if the line does not name a single byte
 */
function readDelimiter(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start > SEP_LINE_BYTES_MAX) return null;
  const line = textOf(bytes, start, end).replace(/\r+$/, "");
  const named = /^"?sep=(.*)$/is.exec(line)?.[1];
  if (named === undefined) return null;
  const delimiter = named.charCodeAt(0);
  const rest = named.slice(1).replaceAll('"', "").replaceAll(named.charAt(0), "");
  if (!(delimiter < 0x80) || named.charAt(0) === '"' || !/^[\s,]*$/.test(rest)) {
    throw new ParseError(
      "no_id_column",
      `first line ${excerpt(bytes, start, end)} must name one ASCII character, such as sep=;`,
    );
  }
  return delimiter;
}
