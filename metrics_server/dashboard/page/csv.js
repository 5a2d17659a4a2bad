/**
 * What the table shows, as CSV (RFC 4180). It is opened in a spreadsheet, so a text that would be a
 * formula there begins with `'`.
 */
import { HEAD } from "./groups.js";

/** @typedef {import("./model.js").Column} Column */

/**
 * @param {readonly string[]} ids
 * @param {readonly Column[]} columns
 * @param {Uint32Array} order Rows; heads of groups are left out.
 * @returns {string} With the source's digits, without thousands separators or units.
 */
export function csvOf(ids, columns, order) {
  const lines = [["switch_id", ...columns.map((column) => noFormula(headOf(column)))]];
  for (const row of order) {
    if (row >= HEAD) continue;
    lines.push([noFormula(ids[row]), ...columns.map((column) => textOf(column, row))]);
  }
  return lines.map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}

/** The column's name; with its unit, if that is not the source's. @param {Column} column */
function headOf({ name, info }) {
  return info.factor === 1 ? name : `${name} [${info.unit}]`;
}

/** @param {Column} column @param {number} row */
function textOf(column, row) {
  if (column.kind === "text") return noFormula(column.words[column.codes[row]] ?? "");
  const value = column.values[row];
  return column.exact?.get(row) ?? (Number.isNaN(value) ? "" : String(value));
}

/** @param {string} text */
function noFormula(text) {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** @param {string} text */
function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
