/** Applies a stream's change to the previous table. */
import { decimalsOf, digitsOf, markSaturated } from "./columns.js";

/** @typedef {import("./model.js").Column} Column */
/** @typedef {import("./model.js").Table} Table */

/**
 * The next table; the previous one stays unchanged. Null if the change is of another table.
 *
 * @param {Table} table
 * @param {ReadonlyMap<string, number>} rows Row of each id.
 * @param {readonly string[]} texts Data of the event, and of its parts.
 * @returns {Table | null}
 */
export function applyChange(table, rows, texts) {
  const parts = texts.map((text) => JSON.parse(text));
  const { snapshot_id, previous_id } = parts[0];
  if (previous_id !== table.snapshot_id) return null;
  /** @type {Record<string, unknown>[]} */
  const items = parts.flatMap((part) => part.items);
  const columns = table.columns.map(copyOf);
  const by_name = new Map(columns.map((column, index) => [column.name, index]));
  for (const item of items) {
    const row = rows.get(/** @type {string} */ (item.switch_id));
    if (row === undefined) return null;
    for (const name in item) {
      if (name === "switch_id") continue;
      const index = by_name.get(name);
      if (index === undefined) return null;
      columns[index] = withValue(columns[index], row, item[name]);
    }
  }
  for (const column of columns) {
    if (column.kind === "number") column.decimals = decimalsOf(column.values, column.info);
  }
  if (hasUnsafe(items)) keepDigits(texts, rows, columns);
  columns.forEach(markSaturated);
  return { snapshot_id, ids: table.ids, columns };
}

/** @param {Column} column @returns {Column} */
function copyOf(column) {
  return column.kind === "number"
    ? {
      ...column,
      values: column.values.slice(),
      exact: column.exact === null ? null : new Map(column.exact),
    }
    : { ...column, words: [...column.words], codes: column.codes.slice() };
}

/**
 * @param {Column} column Changed in place, unless it becomes a text column.
 * @param {number} row
 * @param {unknown} value
 * @returns {Column}
 */
function withValue(column, row, value) {
  if (column.kind === "number") {
    if (typeof value === "string") return withValue(asText(column), row, value);
    column.values[row] = typeof value === "number" ? value * column.info.factor : NaN;
    column.exact?.delete(row);
    return column;
  }
  column.codes[row] = value === null ? -1 : codeOf(column.words, String(value));
  return column;
}

/** @param {string[]} words @param {string} word */
function codeOf(words, word) {
  const code = words.indexOf(word);
  return code < 0 ? words.push(word) - 1 : code;
}

/** @param {import("./model.js").NumberColumn} column @returns {import("./model.js").TextColumn} */
function asText({ name, info, values, exact }) {
  /** @type {Map<string, number>} */
  const known = new Map();
  const codes = Int32Array.from(values, (value, row) => {
    const word = exact?.get(row) ?? String(value);
    if (word === "NaN") return -1;
    const code = known.get(word) ?? known.size;
    known.set(word, code);
    return code;
  });
  return { kind: "text", name, info, words: [...known.keys()], codes };
}

/** @param {Record<string, unknown>[]} items */
function hasUnsafe(items) {
  return items.some((item) => {
    for (const name in item) {
      if (Math.abs(Number(item[name])) > Number.MAX_SAFE_INTEGER) return true;
    }
    return false;
  });
}

/**
 * @param {readonly string[]} texts
 * @param {ReadonlyMap<string, number>} rows
 * @param {Column[]} columns
 */
function keepDigits(texts, rows, columns) {
  const by_name = new Map(columns.map((column) => [column.name, column]));
  digitsOf(texts, (id, name, digits) => {
    const column = by_name.get(name);
    const row = rows.get(id);
    if (column?.kind !== "number" || row === undefined) return;
    column.exact ??= new Map();
    column.exact.set(row, digits);
  });
}
