/** A ListMetrics response as columns. */

/** @typedef {import("./model.js").Column} Column */
/** @typedef {import("./model.js").Table} Table */

const DECIMALS_MAX = 6;

/** Values sampled for the decimals of a column. */
const DECIMALS_SAMPLES = 500;

/** Most whole numbers beyond 2^53 whose exact digits are kept per snapshot. */
const EXACT_MAX = 200_000;

/**
 * Parses the text of a response. Throws `SyntaxError` for invalid JSON.
 *
 * @param {string} text
 * @returns {Table}
 */
export function readTable(text) {
  const answer = JSON.parse(text);
  const { snapshot_id, fields, items } = answer;
  const columns = fields.map((/** @type {string} */ name) => columnOf(name, items));
  if (columns.some(hasUnsafe)) keepDigits(text, columns);
  return {
    snapshot_id,
    ids: items.map((/** @type {Record<string, unknown>} */ item) => String(item.switch_id)),
    columns,
  };
}

/**
 * A column is text if any value is text.
 *
 * @param {string} name
 * @param {Record<string, unknown>[]} items
 * @returns {Column}
 */
function columnOf(name, items) {
  const values = new Float64Array(items.length);
  for (let row = 0; row < items.length; row++) {
    const value = items[row][name];
    if (typeof value === "string") return textColumn(name, items);
    values[row] = typeof value === "number" ? value : NaN;
  }
  return { kind: "number", name, values, decimals: decimalsOf(values), exact: null };
}

/**
 * @param {string} name
 * @param {Record<string, unknown>[]} items
 * @returns {Column}
 */
function textColumn(name, items) {
  /** @type {Map<string, number>} */
  const known = new Map();
  const codes = Int32Array.from(items, (item) => {
    const value = item[name];
    if (value === null || value === undefined) return -1;
    const word = String(value);
    const code = known.get(word) ?? known.size;
    known.set(word, code);
    return code;
  });
  return { kind: "text", name, words: [...known.keys()], codes };
}

/** @param {Float64Array} values */
export function decimalsOf(values) {
  let decimals = 0;
  const step = Math.max(1, Math.floor(values.length / DECIMALS_SAMPLES));
  for (let row = 0; row < values.length && decimals < DECIMALS_MAX; row += step) {
    const value = values[row];
    while (
      decimals < DECIMALS_MAX && !Number.isNaN(value) && Number(value.toFixed(decimals)) !== value
    ) {
      decimals++;
    }
  }
  return decimals;
}

/** @param {Column} column */
function hasUnsafe(column) {
  return column.kind === "number" &&
    column.values.some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER);
}

/** @param {string} text @param {Column[]} columns */
function keepDigits(text, columns) {
  let kept = 0;
  const by_name = new Map(columns.map((column) => [column.name, column]));
  digitsOf(text, (_id, name, digits, row) => {
    const column = by_name.get(name);
    if (column?.kind !== "number" || kept >= EXACT_MAX) return;
    column.exact ??= new Map();
    column.exact.set(row, digits);
    kept++;
  });
}

/**
 * Parses once more for digits that a double cannot hold. In browsers without the source text of
 * numbers, rounded values are shown.
 *
 * @param {string} text
 * @param {(id: string, name: string, digits: string, row: number) => void} onDigits
 */
export function digitsOf(text, onDigits) {
  /** @type {Map<string, string> | null} */
  let of_item = null;
  let row = 0;
  /** @param {string} key @param {unknown} value @param {{ source?: string }} [context] */
  const revive = (key, value, context) => {
    if (typeof value === "number") {
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER && /^-?\d+$/.test(context?.source ?? "")) {
        of_item ??= new Map();
        of_item.set(key, /** @type {string} */ (context?.source));
      }
    } else if (value !== null && typeof value === "object" && "switch_id" in value) {
      // The reviver visits an item after its values, and items in order.
      for (const [name, digits] of of_item ?? []) {
        onDigits(String(value.switch_id), name, digits, row);
      }
      of_item = null;
      row++;
      return 0;
    }
    return value;
  };
  JSON.parse(text, revive);
}

/** Buffers of the columns, to transfer instead of copy. @param {Column[]} columns */
export function buffersOf(columns) {
  return columns.map((
    column,
  ) => /** @type {ArrayBuffer} */ ((column.kind === "number" ? column.values : column.codes)
    .buffer)
  );
}

/** A deep copy. @param {Column} column @returns {Column} */
export function copyOf(column) {
  return column.kind === "number"
    ? { ...column, values: column.values.slice() }
    : { ...column, codes: column.codes.slice() };
}
