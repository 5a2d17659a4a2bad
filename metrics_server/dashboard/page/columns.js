/** A list as columns. */

/** @typedef {import("./model.js").Column} Column */
/** @typedef {import("./model.js").Info} Info */
/** @typedef {import("./model.js").Infos} Infos */
/** @typedef {import("./model.js").NumberColumn} NumberColumn */
/** @typedef {import("./model.js").Table} Table */

const DECIMALS_MAX = 6;

/** Decimals of values per second. */
const RATE_DECIMALS_MAX = 3;

/** `decimals` of a column in scientific notation. */
export const SCIENTIFIC = -1;

/** A column with a smaller value than this is in scientific notation. */
const FIXED_MIN = 1e-4;

/** Values sampled for the decimals of a column. */
const DECIMALS_SAMPLES = 500;

/** Most whole numbers beyond 2^53 whose exact digits are kept per snapshot. */
const EXACT_MAX = 200_000;

/** The greatest 64-bit number, at which every counter stops. */
const GREATEST = "18446744073709551615";

/** @type {Info} */
export const UNKNOWN = {
  kind: "gauge",
  unit: null,
  scale: "linear",
  is_error: false,
  saturated_at: null,
  of: null,
  rate: null,
  factor: 1,
};

/**
 * Parses a list, or the parts of a stream's snapshot. Throws `SyntaxError` for invalid JSON.
 *
 * @param {readonly string[]} texts
 * @param {Infos} [infos]
 * @returns {Table}
 */
export function readTable(texts, infos = new Map()) {
  const parts = texts.map((text) => JSON.parse(text));
  const { snapshot_id, fields } = parts[0];
  /** @type {Record<string, unknown>[]} */
  const items = parts.flatMap((part) => part.items);
  const columns = fields.map((/** @type {string} */ name) =>
    columnOf(name, items, infos.get(name) ?? UNKNOWN)
  );
  if (columns.some(hasUnsafe)) keepDigits(texts, columns);
  columns.forEach(markSaturated);
  return { snapshot_id, ids: items.map((item) => String(item.switch_id)), columns };
}

/**
 * A column is text if any value is text.
 *
 * @param {string} name
 * @param {Record<string, unknown>[]} items
 * @param {Info} info
 * @returns {Column}
 */
function columnOf(name, items, info) {
  const values = new Float64Array(items.length);
  for (let row = 0; row < items.length; row++) {
    const value = items[row][name];
    if (typeof value === "string") return textColumn(name, items, info);
    values[row] = typeof value === "number" ? value * info.factor : NaN;
  }
  return { kind: "number", name, info, values, decimals: decimalsOf(values, info), exact: null };
}

/**
 * @param {string} name
 * @param {Record<string, unknown>[]} items
 * @param {Info} info
 * @returns {Column}
 */
function textColumn(name, items, info) {
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
  return { kind: "text", name, info, words: [...known.keys()], codes };
}

/**
 * Decimals that show the sampled values; {@link SCIENTIFIC} if one would vanish.
 *
 * @param {Float64Array} values
 * @param {Info} [info]
 */
export function decimalsOf(values, info = UNKNOWN) {
  const most = info.of === null ? DECIMALS_MAX : RATE_DECIMALS_MAX;
  let decimals = 0;
  let least = Infinity;
  const step = Math.max(1, Math.floor(values.length / DECIMALS_SAMPLES));
  for (let row = 0; row < values.length; row += step) {
    const value = values[row];
    if (value !== value || value === 0) continue;
    least = Math.min(least, Math.abs(value));
    while (decimals < most && Number(value.toFixed(decimals)) !== value) decimals++;
  }
  return least < FIXED_MIN ? SCIENTIFIC : decimals;
}

/** @param {Column} column */
function hasUnsafe(column) {
  return column.kind === "number" &&
    column.values.some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER);
}

/**
 * Takes saturated counters out of scales and rankings: their value becomes NaN, their digits stay.
 *
 * @param {Column} column Changed in place.
 */
export function markSaturated(column) {
  if (column.kind !== "number" || column.info.saturated_at === null) return;
  const { values } = column;
  for (const digits of new Set([column.info.saturated_at, GREATEST])) {
    const stop = Number(digits);
    for (let row = 0; row < values.length; row++) {
      // A rounded value looks like a saturated one, so its digits are needed.
      if (values[row] !== stop || (column.exact?.get(row) ?? digits) !== digits) continue;
      values[row] = NaN;
      (column.exact ??= new Map()).set(row, digits);
    }
  }
}

/**
 * Whether a counter has stopped: it has digits, but no value.
 *
 * @param {Column} column
 * @param {number} row
 */
export function isSaturated(column, row) {
  return column.kind === "number" && column.values[row] !== column.values[row] &&
    column.exact?.has(row) === true;
}

/** @param {readonly string[]} texts @param {Column[]} columns */
function keepDigits(texts, columns) {
  let kept = 0;
  const by_name = new Map(columns.map((column) => [column.name, column]));
  digitsOf(texts, (_id, name, digits, row) => {
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
 * @param {readonly string[]} texts
 * @param {(id: string, name: string, digits: string, row: number) => void} onDigits
 */
export function digitsOf(texts, onDigits) {
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
  for (const text of texts) JSON.parse(text, revive);
}

/** Buffers of the columns, to transfer instead of copy. @param {Column[]} columns */
export function buffersOf(columns) {
  return columns.map((
    column,
  ) => /** @type {ArrayBuffer} */ ((column.kind === "number" ? column.values : column.codes)
    .buffer)
  );
}

/**
 * A copy with buffers of its own.
 *
 * @template {Column} C
 * @param {C} column
 * @returns {C}
 */
export function copyOf(column) {
  return column.kind === "number"
    ? { ...column, values: column.values.slice() }
    : { ...column, codes: column.codes.slice() };
}
