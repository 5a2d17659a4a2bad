/**
 * Messages and data shared by the page and its worker.
 *
 * @typedef {object} NumberColumn
 * @property {"number"} kind
 * @property {string} name
 * @property {Float64Array} values NaN for no value.
 * @property {number} decimals Decimals of the sampled values.
 * @property {Map<number, string> | null} exact Digits of whole numbers beyond 2^53, by row.
 *
 * @typedef {object} TextColumn
 * @property {"text"} kind
 * @property {string} name
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
 * @property {string | null} snapshot_id
 * @property {number} rows
 * @property {number} bad_rows
 * @property {{ problem: string | null } | null} row_times
 *
 * @typedef {object} Stats /stats, as far as the page uses it.
 * @property {number} uptime_ms
 * @property {Record<string, { count: number, p95_ms: number | null }>} endpoints
 * @property {Source[]} sources
 * @property {{ lines_dropped: number }} log
 * @property {{ block_max_ms: number }} event_loop
 *
 * @typedef {object} SeriesAnswer The history of one switch.
 * @property {string} id
 * @property {Float64Array} times_ms When each snapshot was taken.
 * @property {{ name: string, values: Float64Array }[]} series
 *
 * @typedef {object} View What the table shows.
 * @property {string} sort Name of a column, or "" for the ids.
 * @property {boolean} descending
 * @property {string} search
 *
 * @typedef {{ kind: "view", view: View }
 *   | { kind: "choose", id: string | null }
 *   | { kind: "hidden", hidden: boolean }
 *   | { kind: "trouble", has_trouble: boolean }
 * } ToWorker
 *
 * @typedef {object} Order Rows the table shows.
 * @property {Uint32Array} rows
 * @property {boolean} is_filtered
 *
 * @typedef {object} SnapshotMessage A whole snapshot, drawn in one frame.
 * @property {"snapshot"} kind
 * @property {string} snapshot_id
 * @property {string[] | null} ids Null if unchanged.
 * @property {Column[]} columns
 * @property {Order} order
 * @property {SeriesAnswer | null} series Of the chosen switch.
 * @property {number} age_ms
 * @property {number} at_ms
 *
 * @typedef {SnapshotMessage
 *   | { kind: "age", age_ms: number, at_ms: number }
 *   | { kind: "refused", detail: string, age_ms: number | null, at_ms: number }
 *   | { kind: "order", order: Order }
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
