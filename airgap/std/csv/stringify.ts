const LINE_END = "\r\n";
const BYTE_ORDER_MARK = "\ufeff";

/** Key of an object or index of an array. */
export type PropertyAccessor = number | string;

/** A column: where its values are, and its name if that is not the last accessor. */
export type ColumnDetails = {
  header?: string;
  prop: PropertyAccessor | PropertyAccessor[];
};

/** A column, given by where its values are: one accessor, or one for each level of nesting. */
export type Column = ColumnDetails | PropertyAccessor | PropertyAccessor[];

/** A record: an object (which needs `columns`) or an array. */
export type DataItem = Readonly<Record<string, unknown> | unknown[]>;

/** Options of {@linkcode stringify}. */
export type StringifyOptions = {
  /** Whether the names of the columns come first; `true` by default. */
  headers?: boolean;
  /** Text between two fields; "," by default. */
  separator?: string;
  /** Columns to write, in this order. */
  columns?: readonly Column[];
  /** Whether the text starts with a byte order mark; `false` by default. */
  bom?: boolean;
};

/**
 * Writes records as CSV text, each line ended by `\r\n`. A field that holds the separator, a quote
 * or `\n` is put in quotes; `null` and `undefined` are empty; objects are JSON.
 *
 * Throws a `TypeError` for a separator that is a quote or a line end, for an object without
 * `columns`, and for an array whose column is not given by an index.
 *
 * ```ts
 * stringify([{ id: "sw-000", note: "a,b" }], { columns: ["id", "note"] }); // 'id,note\r\nsw-000,"a,b"\r\n'
 * ```
 */
export function stringify(data: readonly DataItem[], options?: StringifyOptions): string {
  const { headers = true, separator = ",", columns = [], bom = false } = options ?? {};
  refuseSeparator(separator);
  const details = columns.map(columnDetails);
  let text = bom ? BYTE_ORDER_MARK : "";
  if (headers && details.length > 0) {
    text += asLine(details.map(({ header }) => header), separator);
  }
  for (const item of data) text += asLine(valuesOf(item, details), separator);
  return text;
}

interface Details {
  header: string;
  path: PropertyAccessor[];
}

function columnDetails(column: Column): Details {
  const is_object = typeof column === "object" && !Array.isArray(column);
  const path = [is_object ? column.prop : column].flat();
  return { header: (is_object ? column.header : undefined) ?? String(path.at(-1)), path };
}

function refuseSeparator(separator: string): void {
  if (!separator.includes('"') && !separator.includes(LINE_END)) return;
  throw new TypeError(
    "Separator cannot include the following strings:\n" +
      '  - U+0022: Quotation mark (")\n' +
      "  - U+000D U+000A: Carriage Return + Line Feed (\\r\\n)",
  );
}

function valuesOf(item: DataItem, columns: readonly Details[]): readonly unknown[] {
  if (columns.length > 0) return columns.map(({ path }) => valueAt(item, path));
  if (Array.isArray(item)) return item;
  throw new TypeError("No property accessor function was provided for object");
}

/** Follows the path as long as there is something to look into. */
function valueAt(item: unknown, path: readonly PropertyAccessor[]): unknown {
  let value = item;
  for (const accessor of path) {
    if (Array.isArray(value)) {
      if (typeof accessor !== "number") {
        throw new TypeError('Property accessor is not of type "number"');
      }
      value = value[accessor];
    } else if (typeof value === "object" && value !== null) {
      value = Reflect.get(value, accessor);
    }
  }
  return value;
}

function asLine(values: readonly unknown[], separator: string): string {
  return values.map((value) => quoted(asText(value), separator)).join(separator) + LINE_END;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function quoted(text: string, separator: string): string {
  if (!text.includes(separator) && !text.includes('"') && !text.includes("\n")) return text;
  return `"${text.replaceAll('"', '""')}"`;
}
