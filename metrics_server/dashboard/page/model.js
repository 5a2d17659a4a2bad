/**
 * Messages and data shared by the page and its worker.
 *
 * @typedef {object} Info What a column is, by GET /telemetry/columns.
 * @property {"counter" | "gauge" | "label" | "time"} kind
 * @property {string | null} unit
 * @property {"linear" | "log"} scale
 * @property {boolean} is_error Whether greater values mean more errors.
 * @property {string | null} saturated_at Digits at which a counter stops.
 * @property {string | null} of The counter whose rate it is.
 * @property {string | null} rate Name of a counter's rate.
 * @property {number} factor From the service's values to those in `unit`.
 *
 * @typedef {object} ColumnAnswer An element of `columns` in GET /telemetry/columns.
 * @property {string} name
 * @property {Info["kind"]} kind
 * @property {string | null} unit
 * @property {Info["scale"]} scale
 * @property {boolean} is_error
 * @property {string | null} saturated_at
 * @property {string | null} rate
 *
 * @typedef {ReadonlyMap<string, Info>} Infos By name.
 *
 * @typedef {object} NumberColumn
 * @property {"number"} kind
 * @property {string} name
 * @property {Info} info
 * @property {Float64Array} values NaN for no value, and for a saturated counter.
 * @property {number} decimals Decimals of the sampled values; −1 for scientific notation.
 * @property {Map<number, string> | null} exact Digits of whole numbers beyond 2^53, by row.
 * @property {import("./thresholds.js").Worst} [worst] Of the column of the worst rows.
 *
 * @typedef {object} TextColumn
 * @property {"text"} kind
 * @property {string} name
 * @property {Info} info
 * @property {string[]} words Distinct values.
 * @property {Int32Array} codes Index into `words`; −1 for no value.
 *
 * @typedef {NumberColumn | TextColumn} Column
 *
 * @typedef {object} Table One snapshot.
 * @property {string} snapshot_id
 * @property {string[]} ids
 * @property {Column[]} columns
 *
 * @typedef {object} Source An element of `sources` in /stats, as far as the page uses it.
 * @property {string} url
 * @property {number} polls
 * @property {number} failures
 * @property {number} consecutive_failures
 * @property {string | null} last_success
 * @property {{ cause: string, detail: string, at: string } | null} last_error
 * @property {number} backoff_ms
 * @property {{ role: "leader" | "follower" | "alone" } | null} replica Null without a shared store.
 * @property {"closed" | "open" | "half_open"} circuit
 * @property {number | null} age_ms
 * @property {number | null} oldest_row_age_ms
 * @property {number | null} rows_stale Null without a bound.
 * @property {Freshness} freshness
 * @property {string | null} snapshot_id
 * @property {number} rows
 * @property {number} bad_rows
 * @property {{ problem: string | null, unit: string | null } | null} row_times
 *
 * @typedef {object} Freshness The service's verdict.
 * @property {"fresh" | "stale" | "unknown" | "none"} state
 * @property {number | null} bound_ms
 * @property {"FRESH_BOUND_MS" | "interval" | "MAX_STALE_MS" | null} bound_from
 * @property {number | null} interval_ms
 *
 * @typedef {object} Stats /stats, as far as the page uses it.
 * @property {number} uptime_ms
 * @property {Record<string, { count: number, p95_ms: number | null }>} endpoints
 * @property {Source[]} sources
 * @property {{ lines_dropped: number }} log
 * @property {{ block_max_ms: number }} event_loop
 *
 * @typedef {object} Series The history of one row.
 * @property {Float64Array} times_ms When each snapshot was taken.
 * @property {{ name: string, values: Float64Array }[]} series
 *
 * @typedef {Series & {
 *   id: string,
 *   others: (Series & { columns: Column[] }) | null,
 * }} SeriesAnswer `others`: the columns that the page does not follow, for this row alone.
 *
 * @typedef {{ kind: "view", choice: import("./settings.js").Choice }
 *   | { kind: "hidden", hidden: boolean }
 *   | { kind: "pause", is_paused: boolean }
 *   | { kind: "trouble", has_trouble: boolean }
 * } ToWorker
 *
 * @typedef {object} Order What the table shows.
 * @property {Uint32Array<ArrayBuffer>} rows Rows and heads of groups, see `groups.js`.
 * @property {Uint32Array | null} found Rows that the search found; null without a search.
 * @property {number} count Rows in `rows`, without heads.
 * @property {number} matched Rows that match, before the limit.
 * @property {string} sort
 * @property {boolean} descending
 *
 * @typedef {object} SnapshotMessage A whole snapshot, drawn in one frame.
 * @property {"snapshot"} kind
 * @property {string} snapshot_id
 * @property {string[] | null} ids Null if unchanged.
 * @property {Column[]} columns
 * @property {NumberColumn | null} worst
 * @property {Order} order
 * @property {SeriesAnswer | null} series Of the chosen row.
 * @property {number} age_ms
 * @property {number} at_ms
 *
 * @typedef {SnapshotMessage
 *   | { kind: "infos", infos: [string, Info][] }
 *   | { kind: "refused", detail: string, age_ms: number | null, at_ms: number }
 *   | { kind: "order", order: Order, worst: NumberColumn | null }
 *   | { kind: "series", answer: SeriesAnswer }
 *   | { kind: "stats", stats: Stats, at_ms: number }
 *   | { kind: "unreachable" }
 * } FromWorker
 *
 * `at_ms` is {@link nowMs} when the headers of the response arrived.
 */

/** Milliseconds since the epoch, monotonic and equal in page and worker. */
export function nowMs() {
  return performance.timeOrigin + performance.now();
}
