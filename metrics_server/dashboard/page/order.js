/** Which rows the table shows, and in which order. */
import { UNKNOWN } from "./columns.js";
import { grouped, groupsOf } from "./groups.js";
import { matchingRows, parseQuery } from "./query.js";
import { idKeys, sortKeys, sortRows } from "./rows.js";
import { BY_ID, BY_WORST } from "./settings.js";
import { worstOf } from "./thresholds.js";

/** @typedef {import("./model.js").NumberColumn} NumberColumn */
/** @typedef {import("./model.js").Table} Table */
/** @typedef {import("./settings.js").Choice} Choice */

/** Rows of the default view of the worst rows. */
export const TOP_DEFAULT = 100;

/**
 * How far each row is above its thresholds, as a column; null if fewer than two columns have one.
 *
 * @param {Table} table
 * @param {Choice} choice
 * @returns {NumberColumn | null}
 */
export function worstColumn({ ids, columns }, { thresholds }) {
  const worst = worstOf(columns, ids.length, thresholds);
  if (worst === null) return null;
  return {
    kind: "number",
    name: BY_WORST,
    info: { ...UNKNOWN, unit: "× threshold", scale: "log", is_error: true },
    values: worst.ratios,
    decimals: 1,
    exact: null,
    worst,
  };
}

/** @typedef {import("./groups.js").Groups} Groups */
/** @typedef {{ lower: string[], keys: Float64Array | null, groups: Groups | null }} Known */
/** @type {WeakMap<readonly string[], Known>} */
const known = new WeakMap();

/** What follows from ids alone. @param {readonly string[]} ids */
function ofIds(ids) {
  let own = known.get(ids);
  if (own === undefined) {
    own = { lower: ids.map((id) => id.toLowerCase()), keys: null, groups: groupsOf(ids) };
    known.set(ids, own);
  }
  return own;
}

/**
 * @param {Table} table
 * @param {NumberColumn | null} worst
 * @param {Choice} choice
 * @param {((row: number) => boolean) | null} isStale Null if no bound is known.
 * @returns {import("./model.js").Order}
 */
export function orderOf({ ids, columns }, worst, choice, isStale) {
  const own = ofIds(ids);
  const searchable = worst === null ? columns : [worst, ...columns];
  const wanted = choice.stale ? isStale ?? (() => false) : undefined;
  const found = matchingRows(own.lower, searchable, parseQuery(choice.search), wanted);
  const is_filtered = choice.search.trim() !== "" || choice.stale;
  const sort = choice.sort !== "" ? choice.sort : worst === null ? BY_ID : BY_WORST;
  const column = searchable.find(({ name }) => name === sort);
  const keys = column === undefined ? own.keys ??= idKeys(ids) : sortKeys(column);
  const descending = choice.sort === "" ? sort === BY_WORST : choice.descending;
  const sorted = sortRows(
    found.slice(),
    keys,
    descending,
    column === worst ? worst?.worst?.sums : undefined,
  );
  const most = choice.top ?? (worst === null ? 0 : TOP_DEFAULT);
  const top = most === 0 ? sorted : sorted.slice(0, most);
  const groups = choice.grouped ? own.groups : null;
  return {
    rows: groups === null ? top : grouped(top, groups),
    found: is_filtered ? found : null,
    count: top.length,
    matched: found.length,
    sort,
    descending,
  };
}
