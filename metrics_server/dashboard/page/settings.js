/** The user's choices, kept in the URL so that it can be shared. */

/**
 * @typedef {object} Choice
 * @property {string} metric Metric of the heat map; "" for the first.
 * @property {string} id Id of the chosen switch; "" for none.
 * @property {string} sort
 * @property {boolean} descending
 * @property {string} search
 */

/**
 * `#metric=latency_us&switch=sw-003&sort=-latency_us&search=sw-0` → choice.
 *
 * @param {string} hash
 * @returns {Choice}
 */
export function readChoice(hash) {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const sort = params.get("sort") ?? "";
  return {
    metric: params.get("metric") ?? "",
    id: params.get("switch") ?? "",
    sort: sort.replace(/^-/, ""),
    descending: sort.startsWith("-"),
    search: params.get("search") ?? "",
  };
}

/** The fragment of a choice, without default values. @param {Choice} choice */
export function writeChoice({ metric, id, sort, descending, search }) {
  const params = new URLSearchParams();
  if (metric !== "") params.set("metric", metric);
  if (id !== "") params.set("switch", id);
  if (sort !== "" || descending) params.set("sort", (descending ? "-" : "") + sort);
  if (search !== "") params.set("search", search);
  const text = params.toString();
  return text === "" ? "" : `#${text}`;
}
