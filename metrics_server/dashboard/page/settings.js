/** The view, kept in the URL so that a link shares it. */

/**
 * @typedef {object} Choice
 * @property {string} metric Metric of the map; "" for the default.
 * @property {string} id Id of the chosen row; "" for none.
 * @property {string} sort Name of a column, {@link BY_ID} or {@link BY_WORST}; "" for the default.
 * @property {boolean} descending
 * @property {string} search Words and conditions, see `query.js`.
 * @property {number | null} top Most rows of the table, 0 for all; null for the default.
 * @property {boolean} raw Whether counters are shown as they are, instead of per second.
 * @property {boolean} grouped Whether the table groups ports by switch.
 * @property {boolean} stale Whether only rows older than the bound are shown.
 * @property {Readonly<Record<string, number>>} thresholds Those that differ from the defaults.
 * @property {readonly string[] | null} columns Columns of the table; null for the default.
 */

export const BY_ID = "switch_id";
export const BY_WORST = "worst";

/**
 * `#metric=latency_us&switch=sw-003&sort=-latency_us&search=sw-0` → choice.
 *
 * @param {string} hash
 * @returns {Choice}
 */
export function readChoice(hash) {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (/** @type {string} */ name) => params.get(name) ?? "";
  const sort = text("sort");
  const columns = params.get("columns");
  return {
    metric: text("metric"),
    id: text("switch"),
    sort: sort.replace(/^-/, ""),
    descending: sort.startsWith("-"),
    search: text("search"),
    top: topOf(params.get("top")),
    raw: text("values") === "raw",
    grouped: text("group") === "switch",
    stale: text("rows") === "stale",
    thresholds: Object.fromEntries(params.getAll("threshold").flatMap(thresholdOf)),
    columns: columns === null ? null : columns.split(",").filter((name) => name !== ""),
  };
}

/** The fragment of a choice, without default values. @param {Choice} choice */
export function writeChoice(choice) {
  const params = new URLSearchParams();
  const { metric, id, sort, search, top, columns } = choice;
  if (metric !== "") params.set("metric", metric);
  if (id !== "") params.set("switch", id);
  if (sort !== "") params.set("sort", (choice.descending ? "-" : "") + sort);
  if (search !== "") params.set("search", search);
  if (top !== null) params.set("top", top === 0 ? "all" : String(top));
  if (choice.raw) params.set("values", "raw");
  if (choice.grouped) params.set("group", "switch");
  if (choice.stale) params.set("rows", "stale");
  for (const [name, value] of Object.entries(choice.thresholds)) {
    params.append("threshold", `${name}:${value}`);
  }
  if (columns !== null) params.set("columns", columns.join(","));
  const text = params.toString();
  return text === "" ? "" : `#${text}`;
}

/** @param {string | null} text @returns {number | null} */
function topOf(text) {
  if (text === "all") return 0;
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;
}

/** `Raw_BER:1e-6` → its name and value, if that is a number. @param {string} text */
function thresholdOf(text) {
  const at = text.lastIndexOf(":");
  const value = Number(text.slice(at + 1));
  return at > 0 && text.length > at + 1 && value >= 0 ? [[text.slice(0, at), value]] : [];
}
