/** The history of a row in Prometheus, by the names of `/metrics/fabric`. Pure. */

/** Range of rates: four scrapes, a minute apart, and some delay. */
const RATE_RANGE = "5m";

const GRAPH_RANGE = "1h";

/** Tabs of Prometheus' expression browser. */
const GRAPH = 0;
const TABLE = 1;

/**
 * Prometheus' page with a graph of the metric over a table of all series of the row; without a
 * metric, a graph of them. Null unless `base` is an http:// or https:// URL.
 *
 * @param {string} base PROMETHEUS_URL.
 * @param {string} id
 * @param {import("./model.js").Column | null} column
 */
export function historyUrl(base, id, column) {
  if (!/^https?:\/\//i.test(base)) return null;
  const metric = column === null ? null : metricQuery(id, column);
  const row = selectorsOf(id, ".+").join(" or ");
  const panels = metric === null ? [{ expr: row, tab: GRAPH }] : [
    { expr: metric, tab: GRAPH },
    { expr: row, tab: TABLE },
  ];
  const query = panels.map(({ expr, tab }, i) =>
    `g${i}.expr=${encodeURIComponent(expr)}&g${i}.tab=${tab}&g${i}.range_input=${GRAPH_RANGE}`
  );
  return `${base.replace(/\/+$/, "")}/graph?${query.join("&")}`;
}

/**
 * Null for a column without series.
 *
 * @param {string} id
 * @param {import("./model.js").Column} column
 */
function metricQuery(id, { kind, name, info }) {
  if (kind === "text" || info.kind === "label" || info.kind === "time") return null;
  const clean = (info.of ?? name).replace(/[^a-zA-Z0-9_]/g, "_").replace(/_total$/, "");
  // Names that begin like the service's own are moved.
  const free = clean.startsWith("telemetry_") ? `column_${clean}` : clean;
  const selectors = selectorsOf(id, `${free}(_total)?`);
  const values = info.of === null
    ? selectors
    : selectors.map((selector) => `rate(${selector}[${RATE_RANGE}])`);
  return values.join(" or ");
}

/**
 * Selectors of the row's series. Only the source knows whether an id with a colon is a switch and
 * its port, as of UFM, or one name, as of a relay; the series of one of both exist.
 *
 * @param {string} id
 * @param {string} name Regular expression of names without their prefix.
 */
function selectorsOf(id, name) {
  // The escapes of JSON are escapes of PromQL, too.
  const selector = (/** @type {string} */ of, port = "") =>
    `{__name__=~"fabric_${name}",switch=${JSON.stringify(of)}${port}}`;
  const at = id.lastIndexOf(":");
  if (at < 0) return [selector(id)];
  return [selector(id.slice(0, at), `,port=${JSON.stringify(id.slice(at + 1))}`), selector(id)];
}
