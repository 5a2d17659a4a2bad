/** Reads CSV text record by record. A record is a line, or several where a quoted field has line ends. */

import { LineReader } from "./_line_reader.ts";

const QUOTE = '"';

/** How a record is written. */
export interface RecordRules {
  /** Text between two fields. */
  separator: string;
  /** A line that starts with this character is no record; "" for no comments. */
  comment: string;
  trim_leading_space: boolean;
  /** Whether a quote may stand where it has no meaning, or be missing at the end. */
  lazy_quotes: boolean;
}

/**
 * Gives the fields of one record after the other.
 *
 * ```ts
 * const records = new RecordReader("a,b\n\n1,2\n", rules);
 * records.next(); // ["a", "b"], then [] for the empty line, ["1", "2"], and null
 * ```
 */
export class RecordReader {
  readonly #rules: RecordRules;
  readonly #lines: LineReader;
  /** What is left of the current line. */
  #rest = "";
  /** Column at which `#rest` starts, in code points from 1. */
  #column = 1;
  #first_line = 0;
  /** Line ends inside the current record so far. */
  #lines_inside = 0;

  constructor(input: string, rules: RecordRules) {
    this.#rules = rules;
    this.#lines = new LineReader(input);
  }

  /**
   * Number of the line on which the last record starts, from 1. Earlier records that span several
   * lines count as one line each: the numbers in messages are those of `@std/csv`.
   */
  get first_line(): number {
    return this.#first_line;
  }

  /** Fields of the next record; none for an empty line and for a comment; `null` at the end. */
  next(): string[] | null {
    const line = this.#lines.next();
    if (line === null) return null;
    this.#first_line++;
    this.#lines_inside = 0;
    if (line === "" || (this.#rules.comment !== "" && line[0] === this.#rules.comment)) return [];
    this.#rest = line;
    this.#column = 1;
    return this.#fields();
  }

  #fields(): string[] {
    const { separator, trim_leading_space } = this.#rules;
    const fields: string[] = [];
    while (true) {
      if (trim_leading_space) this.#take(this.#rest.length - this.#rest.trimStart().length);
      fields.push(this.#rest.startsWith(QUOTE) ? this.#quotedField() : this.#plainField());
      if (this.#rest === "") return fields;
      this.#take(separator.length);
    }
  }

  /** Takes a field without quotes; leaves the separator. */
  #plainField(): string {
    const column = this.#column;
    const end = this.#rest.indexOf(this.#rules.separator);
    const field = this.#take(end === -1 ? this.#rest.length : end);
    const quote = this.#rules.lazy_quotes ? -1 : field.indexOf(QUOTE);
    if (quote !== -1) {
      const quote_column = column + codePoints(field.slice(0, quote));
      throw this.#syntaxError(quote_column, 'bare " in non-quoted-field');
    }
    return field;
  }

  /** Takes a field in quotes, following it over line ends; leaves the separator. */
  #quotedField(): string {
    const { separator, lazy_quotes } = this.#rules;
    let field = "";
    this.#take(1);
    while (true) {
      const quote = this.#rest.indexOf(QUOTE);
      if (quote === -1) {
        field += this.#rest;
        if (!this.#toNextLine()) return field;
        field += "\n";
        continue;
      }
      field += this.#take(quote);
      this.#take(1);
      if (this.#rest === "" || this.#rest.startsWith(separator)) return field;
      if (this.#rest.startsWith(QUOTE)) this.#take(1);
      else if (!lazy_quotes) throw this.#quoteError(this.#column - 1);
      field += QUOTE;
    }
  }

  /** Goes on with the next line inside a quoted field. Without one, the closing quote is missing. */
  #toNextLine(): boolean {
    const line = this.#lines.next();
    if (line === null) {
      if (!this.#rules.lazy_quotes) throw this.#quoteError(this.#rest === "" ? this.#column : 1);
      this.#rest = "";
      return false;
    }
    this.#lines_inside++;
    this.#rest = line;
    this.#column = 1;
    return true;
  }

  /** Takes as many code units off the rest of the line. */
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
    const line_number = this.#first_line + this.#lines_inside;
    return new SyntaxError(
      `Syntax error on line ${this.#first_line}; ` +
        `parse error on line ${line_number}, column ${column}: ${what}`,
    );
  }
}

function codePoints(text: string): number {
  return text.length <= 1 ? text.length : [...text].length;
}
