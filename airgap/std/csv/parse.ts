import { RecordReader, type RecordRules } from "./_record_reader.ts";

const BYTE_ORDER_MARK = "\ufeff";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** Text between two fields; "," by default. */
  separator?: string;
  /** Character that makes a line a comment where it comes first; no comments by default. */
  comment?: string;
  /** Whether white space in front of a field is taken away; `false` by default. */
  trimLeadingSpace?: boolean;
  /** Whether quotes may stand inside fields and be missing at the end; `false` by default. */
  lazyQuotes?: boolean;
  /** Fields each record must have; 0 for as many as the first; unchecked if negative or not given. */
  fieldsPerRecord?: number;
  /** Whether the first record is left out; it names the columns unless `columns` does. */
  skipFirstRow?: boolean;
  /** Names of the columns, which makes each record an object. */
  columns?: readonly string[];
}

/** A record as an object: known column names are its keys. */
export type RecordWithColumn<C extends string> = string extends C ? Record<string, string>
  : Record<C, string>;

/**
 * What {@linkcode parse} returns for options of the type `T`: objects with `columns` or a first row
 * that names them, arrays of fields without, and either where the type leaves that open.
 */
export type ParseResult<Options, T> = T extends
  Options & { columns: readonly (infer Name extends string)[] } ? RecordWithColumn<Name>[]
  : T extends Options & { skipFirstRow: true } ? Record<string, string>[]
  : T extends Options & { columns?: undefined; skipFirstRow?: false | undefined } ? string[][]
  : Record<string, string>[] | string[][];

/**
 * Records of a CSV text: arrays of fields, or with `columns` or `skipFirstRow` objects. Empty lines
 * are left out; a line end inside quotes comes out as `\n`.
 *
 * Throws a `SyntaxError` for a quote out of place or missing (with lines and column, from 1, in
 * code points) and for a record that breaks `fieldsPerRecord`; an `Error` for a record that does not
 * fit the columns, and for a separator or a comment that is a quote, a line end or the other one; a
 * `TypeError` where there is no first row to skip.
 *
 * ```ts
 * parse("id,value\nsw-000,1"); // [["id", "value"], ["sw-000", "1"]]
 * parse("id,value\nsw-000,1", { skipFirstRow: true }); // [{ id: "sw-000", value: "1" }]
 * ```
 */
export function parse(input: string): string[][];
/** As above, with options. */
export function parse<const T extends ParseOptions>(
  input: string,
  options: T,
): ParseResult<ParseOptions, T>;
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  const text = input.startsWith(BYTE_ORDER_MARK) ? input.slice(1) : input;
  const records = readRecords(text, recordRules(options), options.fieldsPerRecord);
  if (!options.skipFirstRow && !options.columns) return records;
  return asObjects(records, options);
}

function recordRules(options: ParseOptions): RecordRules {
  const { separator = ",", comment = "" } = options;
  const has_reserved = (text: string) => /["\r\n]/.test(text);
  if (
    separator === "" || separator === comment || has_reserved(separator) || has_reserved(comment)
  ) {
    throw new Error("Cannot parse input: invalid delimiter");
  }
  return {
    separator,
    comment,
    trim_leading_space: options.trimLeadingSpace ?? false,
    lazy_quotes: options.lazyQuotes ?? false,
  };
}

function readRecords(
  text: string,
  rules: RecordRules,
  fields_per_record: number | undefined,
): string[][] {
  const reader = new RecordReader(text, rules);
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

function asObjects(records: string[][], options: ParseOptions): Record<string, string>[] {
  const first = options.skipFirstRow ? records.shift() : undefined;
  if (options.skipFirstRow && !first) {
    throw new TypeError("Cannot parse input: headers must be defined");
  }
  const columns = options.columns ?? first ?? [];
  return records.map((fields, index) => {
    if (fields.length !== columns.length) {
      const row = index + (options.skipFirstRow ? 2 : 1);
      throw new Error(
        `Syntax error on line ${row}: The record has ${fields.length} fields, ` +
          `but the header has ${columns.length} fields`,
      );
    }
    return Object.fromEntries(columns.map((name, i) => [name, fields[i]]));
  });
}
