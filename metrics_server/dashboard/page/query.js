/**
 * The search: words in ids and texts, and conditions on values, separated by spaces.
 *
 *     sw-01 NDR SymbolErrors>0 Chip_Temp>=80 Link_speed_active!=EDR
 */
import { isSaturated } from "./columns.js";

/** @typedef {import("./model.js").Column} Column */

/**
 * @typedef {object} Condition
 * @property {string} name As the user writes it.
 * @property {"<" | "<=" | "=" | "!=" | ">=" | ">"} operator
 * @property {string} operand
 */

/** @typedef {{ words: string[], conditions: Condition[] }} Query */

const CONDITION = /^([^<>=!]+)(>=|<=|!=|>|<|=)([^<>=!]+)$/;

/** @type {Readonly<Record<string, number>>} */
const MULTIPLES = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** @param {string} text @returns {Query} */
export function parseQuery(text) {
  /** @type {Query} */
  const query = { words: [], conditions: [] };
  for (const part of text.split(/\s+/)) {
    const [, name, operator, operand] = CONDITION.exec(part) ?? [];
    if (operator !== undefined) {
      const known = /** @type {Condition["operator"]} */ (operator);
      query.conditions.push({ name, operator: known, operand });
    } else if (part !== "") query.words.push(part.toLowerCase());
  }
  return query;
}

/**
 * Words of a name, in lower case and singular: `SymbolErrors` → symbol, error.
 *
 * @param {string} name
 */
function wordsOf(name) {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [])
    .map((word) => word.toLowerCase().replace(/(?<=..)s$/, ""));
}

/**
 * The name that a user means: in any case, or a part of it, or its words in order. `SymbolErrors`
 * means `SymbolErrorCounterExtended`. Null if no name matches.
 *
 * @param {string} wanted
 * @param {readonly string[]} names
 * @returns {string | null}
 */
export function nameFor(wanted, names) {
  const lower = wanted.toLowerCase();
  const words = wordsOf(wanted);
  const tests = [
    (/** @type {string} */ name) => name.toLowerCase() === lower,
    (/** @type {string} */ name) => name.toLowerCase().startsWith(lower),
    (/** @type {string} */ name) => name.toLowerCase().includes(lower),
    (/** @type {string} */ name) => {
      const rest = wordsOf(name);
      return words.length > 0 && words.every((word) => {
        const at = rest.findIndex((own) => own.startsWith(word));
        rest.splice(0, at + 1);
        return at >= 0;
      });
    },
  ];
  for (const test of tests) {
    const found = names.find(test);
    if (found !== undefined) return found;
  }
  return null;
}

/**
 * The number of an operand such as `0`, `1e-12` or `5k`; NaN for other texts.
 *
 * @param {string} text
 */
export function numberOf(text) {
  const [, digits, multiple] = /^(.*?)([kMGT]?)$/.exec(text) ?? ["", "", ""];
  return digits.trim() === "" ? NaN : Number(digits) * MULTIPLES[multiple];
}

/**
 * Rows that contain every word and meet every condition, in source order.
 *
 * @param {readonly string[]} ids_lower
 * @param {readonly Column[]} columns
 * @param {Query} query Conditions on columns that are not there are ignored.
 * @param {(row: number) => boolean} [isWanted]
 * @returns {Uint32Array<ArrayBuffer>}
 */
export function matchingRows(ids_lower, columns, { words, conditions }, isWanted = () => true) {
  const names = columns.map(({ name }) => name);
  const tests = [
    ...words.map((word) => wordTest(word, ids_lower, columns)),
    ...conditions.flatMap((condition) => {
      const column = columns[names.indexOf(nameFor(condition.name, names) ?? "")];
      return column === undefined ? [] : [conditionTest(condition, column)];
    }),
    isWanted,
  ];
  const rows = new Uint32Array(ids_lower.length);
  let count = 0;
  for (let row = 0; row < ids_lower.length; row++) {
    if (tests.every((test) => test(row))) rows[count++] = row;
  }
  return rows.slice(0, count);
}

/**
 * @param {string} word
 * @param {readonly string[]} ids_lower
 * @param {readonly Column[]} columns
 * @returns {(row: number) => boolean}
 */
function wordTest(word, ids_lower, columns) {
  // A text column has far fewer different texts than rows.
  const found = columns.flatMap((column) => {
    if (column.kind !== "text") return [];
    const hits = column.words.map((text) => text.toLowerCase().includes(word));
    return hits.includes(true) ? [{ codes: column.codes, hits }] : [];
  });
  return (row) =>
    ids_lower[row].includes(word) || found.some(({ codes, hits }) => hits[codes[row]] === true);
}

/**
 * @param {Condition} condition
 * @param {Column} column
 * @returns {(row: number) => boolean}
 */
function conditionTest({ operator, operand }, column) {
  const is_equality = operator === "=" || operator === "!=";
  if (column.kind === "text") {
    const wanted = operand.toLowerCase();
    const hits = column.words.map((text) => text.toLowerCase() === wanted);
    if (!is_equality) return () => false;
    return (row) => (hits[column.codes[row]] ?? false) === (operator === "=");
  }
  const bound = numberOf(operand);
  const compare = COMPARISONS[operator];
  return (row) =>
    compare(isSaturated(column, row) ? Number(column.exact?.get(row)) : column.values[row], bound);
}

/** A missing value, NaN, meets no condition but `!=`. */
const COMPARISONS = {
  "<": (/** @type {number} */ value, /** @type {number} */ bound) => value < bound,
  "<=": (/** @type {number} */ value, /** @type {number} */ bound) => value <= bound,
  "=": (/** @type {number} */ value, /** @type {number} */ bound) => value === bound,
  "!=": (/** @type {number} */ value, /** @type {number} */ bound) => value !== bound,
  ">=": (/** @type {number} */ value, /** @type {number} */ bound) => value >= bound,
  ">": (/** @type {number} */ value, /** @type {number} */ bound) => value > bound,
};

/**
 * Why a condition cannot be applied; "" if all can.
 *
 * @param {Query} query
 * @param {readonly string[]} names All columns of the fabric.
 */
export function problemOf({ conditions }, names) {
  return conditions.flatMap(({ name, operand }) => {
    if (nameFor(name, names) === null) return [`No column is named ${name}.`];
    return operand.trim() === "" ? [`${name} has no value to compare with.`] : [];
  }).join(" ");
}
