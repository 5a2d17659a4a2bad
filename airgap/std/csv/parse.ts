/** Reads CSV text into rows (RFC 4180), as the part of `@std/csv` that this project uses. */

const BYTE_ORDER_MARK = "\ufeff";
const QUOTE = '"';
const SEPARATOR = ",";

interface ParseOptions {
  /** Fields of each record; 0 means as many as the first. Unchecked if negative or absent. */
  fieldsPerRecord?: number;
  /** Column names; with them each record becomes an object. */
  columns?: readonly string[];
}

type RecordWithColumn<C extends string> = string extends C ? Record<string, string>
  : Record<C, string>;

/** Objects if the options name the columns, else arrays of fields. */
type ParseResult<T> = T extends ParseOptions & { columns: readonly (infer Name extends string)[] }
  ? RecordWithColumn<Name>[]
  : T extends ParseOptions & { columns?: undefined } ? string[][]
  : Record<string, string>[] | string[][];

/**
 * Records of a CSV text: arrays of fields, or objects with `columns`. Empty lines are skipped; a
 * line end inside quotes becomes `\n`.
 *
 * Throws a `SyntaxError` for a misplaced or missing quote (with lines and column, from 1, in code
 * points) and for a record that breaks `fieldsPerRecord`; an `Error` for a record that does not fit
 * the columns.
 *
 * ```ts
 * parse("id,value\nsw-000,1"); // [["id", "value"], ["sw-000", "1"]]
 * ```
 */
export function parse(input: string): string[][];
/** As above, with options. */
export function parse<const T extends ParseOptions>(input: string, options: T): ParseResult<T>;
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  const text = input.startsWith(BYTE_ORDER_MARK) ? input.slice(1) : input;
  const records = readRecords(text, options.fieldsPerRecord);
  return options.columns ? asObjects(records, options.columns) : records;
}

function readRecords(text: string, fields_per_record: number | undefined): string[][] {
  const reader = new RecordReader(text);
  const records: string[][] = [];
  let fields_expected = fields_per_record;
  for (let fields = reader.next(); fields !== null; fields = reader.next()) {
    if (fields_expected === 0 && reader.first_line === 1) fields_expected = fields.length;
    if (fields.length === 0) continue;
    const checked = fields_expected !== undefined && !(fields_expected < 0);
    if (checked && fields.length !== fields_expected) {
      throw new SyntaxError(
        `Syntax error on line ${reader.first_line}: ` +
          `expected ${fields_expected} fields but got ${fields.length}`,
      );
    }
    records.push(fields);
  }
  return records;
}

function asObjects(
  records: string[][],
  columns: readonly string[],
): Record<string, string>[] {
  return records.map((fields, index) => {
    if (fields.length !== columns.length) {
      throw new Error(
        `Syntax error on line ${index + 1}: The record has ${fields.length} fields, ` +
          `but the header has ${columns.length} fields`,
      );
    }
    return Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
  });
}

/** Reads the fields of one record after the other. A quoted field may span several lines. */
class RecordReader {
  readonly #lines: LineReader;
  /** Unread part of the current line. */
  #rest = "";
  /** Column at which `#rest` starts, in code points from 1. */
  #column = 1;
  /**
   * Line on which the last record starts, from 1. As in `@std/csv`, an earlier record that spans
   * several lines counts as one line.
   */
  first_line = 0;
  /** Line ends inside the current record so far. */
  #lines_inside = 0;

  constructor(input: string) {
    this.#lines = new LineReader(input);
  }

  /** Fields of the next record; empty for an empty line, `null` at the end. */
  next(): string[] | null {
    const line = this.#lines.next();
    if (line === null) return null;
    this.first_line++;
    this.#lines_inside = 0;
    if (line === "") return [];
    this.#rest = line;
    this.#column = 1;
    return this.#fields();
  }

  #fields(): string[] {
    const fields: string[] = [];
    while (true) {
      fields.push(this.#rest.startsWith(QUOTE) ? this.#quotedField() : this.#plainField());
      if (this.#rest === "") return fields;
      this.#take(SEPARATOR.length);
    }
  }

  /** Takes a field without quotes; leaves the separator. */
  #plainField(): string {
    const column = this.#column;
    const end = this.#rest.indexOf(SEPARATOR);
    const field = this.#take(end === -1 ? this.#rest.length : end);
    const quote = field.indexOf(QUOTE);
    if (quote !== -1) {
      const quote_column = column + codePoints(field.slice(0, quote));
      throw this.#syntaxError(quote_column, 'bare " in non-quoted-field');
    }
    return field;
  }

  /** Takes a quoted field, over several lines if needed; leaves the separator. */
  #quotedField(): string {
    let field = "";
    this.#take(1);
    while (true) {
      const quote = this.#rest.indexOf(QUOTE);
      if (quote === -1) {
        field += this.#rest;
        this.#toNextLine();
        field += "\n";
        continue;
      }
      field += this.#take(quote);
      this.#take(1);
      if (this.#rest === "" || this.#rest.startsWith(SEPARATOR)) return field;
      if (this.#rest.startsWith(QUOTE)) this.#take(1);
      else throw this.#quoteError(this.#column - 1);
      field += QUOTE;
    }
  }

  /** Continues a quoted field on the next line. Without one, the closing quote is missing. */
  #toNextLine(): void {
    const line = this.#lines.next();
    if (line === null) throw this.#quoteError(this.#rest === "" ? this.#column : 1);
    this.#lines_inside++;
    this.#rest = line;
    this.#column = 1;
  }

  /** Takes this many code units from the rest of the line. */
  #take(code_units: number): string {
    const taken = this.#rest.slice(0, code_units);
    this.#rest = this.#rest.slice(code_units);
    this.#column += codePoints(taken);
    return taken;
  }

  #quoteError(column: number): SyntaxError {
    return this.#syntaxError(column, 'extraneous or missing " in quoted-field');
  }

  #syntaxError(column: number, what: string): SyntaxError {
    const line_number = this.first_line + this.#lines_inside;
    return new SyntaxError(
      `Syntax error on line ${this.first_line}; ` +
        `parse error on line ${line_number}, column ${column}: ${what}`,
    );
  }
}

function codePoints(text: string): number {
  return text.length <= 1 ? text.length : [...text].length;
}

/** Reads lines without their ends (`\n` or `\r\n`); the end of the text ends a line too. */
class LineReader {
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
