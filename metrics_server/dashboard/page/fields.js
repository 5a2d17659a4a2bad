/** Which columns the page follows: of a wide fabric only those that it shows. */
import { nameFor, parseQuery } from "./query.js";
import { BY_WORST } from "./settings.js";
import { thresholdOf, THRESHOLDS_MIN } from "./thresholds.js";

/** @typedef {import("./model.js").Info} Info */
/** @typedef {import("./model.js").Infos} Infos */

/** Most cells followed by default; a column that the user chooses is followed in any case. */
const CELLS_MAX = 1_000_000;

/** Labels that repeat the id, or are the same for all ports. */
const IDENTITY = /guid$|^(source_id|tag|lid|device_id|port|aport|port_?num(ber)?|port_type)$/i;

/** Rates of words of 4 octets are shown in bits. */
const WORDS = "4 B";
const GBPS_PER_WORD = 32e-9;

/**
 * The columns of a GET /telemetry/columns answer and their rates.
 *
 * @param {readonly import("./model.js").ColumnAnswer[]} columns
 * @returns {Infos}
 */
export function infosOf(columns) {
  /** @type {Map<string, Info>} */
  const infos = new Map();
  for (const { name, kind, unit, scale, is_error, saturated_at, rate } of columns) {
    infos.set(name, { kind, unit, scale, is_error, saturated_at, of: null, rate, factor: 1 });
    if (rate === null) continue;
    infos.set(rate, {
      kind: "gauge",
      unit: unit === WORDS ? "Gb/s" : `${unit ?? ""}/s`,
      scale,
      is_error,
      saturated_at: null,
      of: name,
      rate: null,
      factor: unit === WORDS ? GBPS_PER_WORD : 1,
    });
  }
  return infos;
}

/**
 * Columns that a row of this fabric is judged by.
 *
 * @param {Infos} infos
 * @param {Readonly<Record<string, number>>} own
 */
export function judgedFields(infos, own) {
  return [...infos].flatMap(([name, info]) =>
    info.kind === "gauge" && thresholdOf(name, info, own) > 0 ? [name] : []
  );
}

/**
 * Whether the default view is the worst rows.
 *
 * @param {Infos} infos
 * @param {Readonly<Record<string, number>>} own
 */
export function isJudged(infos, own) {
  return judgedFields(infos, own).length >= THRESHOLDS_MIN;
}

/**
 * Fields to request, in the source's order: the columns of the view, and those that it judges,
 * sorts or filters by. Null for all, if no kinds are known.
 *
 * @param {Infos} infos
 * @param {number} rows
 * @param {import("./settings.js").Choice} choice
 * @returns {string[] | null}
 */
export function fieldsOf(infos, rows, choice) {
  if (infos.size === 0) return null;
  const names = [...infos.keys()];
  const shown = choice.columns ?? defaultColumns(infos, rows, choice);
  const wanted = new Set(shown.flatMap((name) => inView(name, infos, choice.raw)));
  if (isJudged(infos, choice.thresholds)) {
    for (const name of judgedFields(infos, choice.thresholds)) wanted.add(name);
  }
  for (const name of [choice.metric, choice.sort]) {
    if (name !== BY_WORST && infos.has(name)) wanted.add(name);
  }
  for (const { name } of parseQuery(choice.search).conditions) {
    const found = nameFor(name, names.filter((known) => wanted.has(known))) ??
      nameFor(name, names.filter((known) => infos.get(known)?.of === null));
    if (found !== null) inView(found, infos, choice.raw).forEach((own) => wanted.add(own));
  }
  if (choice.stale) {
    for (const [name, { kind }] of infos) if (kind === "time") wanted.add(name);
  }
  return withinQuery(names.filter((name) => wanted.has(name)));
}

/** Longest list of names in a query; the service accepts queries of 8,192 characters. */
const QUERY_CHARS_MAX = 7_500;

/** The first names whose list fits into a query. @param {readonly string[]} names */
export function withinQuery(names) {
  let chars = 0;
  return names.filter((name) => (chars += encodeURIComponent(name).length + 1) <= QUERY_CHARS_MAX);
}

/**
 * A counter's rate, unless the view shows counters as they are.
 *
 * @param {string} name
 * @param {Infos} infos
 * @param {boolean} raw
 */
function inView(name, infos, raw) {
  const info = infos.get(name);
  if (info === undefined) return [];
  return [raw ? info.of ?? name : info.rate ?? name];
}

/**
 * Labels that describe a row, and the metrics with thresholds; all metrics if the fabric has none.
 *
 * @param {Infos} infos
 * @param {number} rows
 * @param {import("./settings.js").Choice} choice
 */
export function defaultColumns(infos, rows, { thresholds }) {
  const own = [...infos].filter(([, { of }]) => of === null);
  const labels = own.filter(([name, { kind }]) => kind === "label" && !IDENTITY.test(name));
  const judged = judgedFields(infos, thresholds).map((name) => infos.get(name)?.of ?? name);
  const metrics = isJudged(infos, thresholds)
    ? judged
    : own.filter(([, { kind }]) => kind === "gauge" || kind === "counter").map(([name]) => name);
  const most = Math.max(1, Math.floor(CELLS_MAX / Math.max(1, rows)));
  return [...labels.map(([name]) => name), ...metrics].slice(0, most);
}
