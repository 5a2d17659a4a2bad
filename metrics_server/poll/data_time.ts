/**
 * The time of an answer's data, from its headers and the exchange. Pure.
 *
 *     source ──X-Snapshot-Ts──▶ relay ──X-Snapshot-Ts, X-Data-Age-Ms──▶ cache ──Age, Date──▶ here
 */
import { commaList } from "../../platform/mod.ts";
import { HEADER_DATA_AGE_MS, HEADER_SNAPSHOT_TS, type TimeSource } from "../../contracts/mod.ts";
import { EPOCH_MS_MIN } from "../snapshot/mod.ts";

/** What an answer reports about the age of its data; NaN for each that is missing or invalid. */
export interface AnswerTimes {
  /** This machine's clock when the request was sent and when the answer's head arrived. */
  readonly requested_ms: number;
  readonly answered_ms: number;
  /** X-Snapshot-Ts, epoch milliseconds. */
  readonly snapshot_ts: number;
  /** X-Data-Age-Ms. */
  readonly data_age_ms: number;
  /** Age (RFC 9111 §5.1) in milliseconds. */
  readonly cache_age_ms: number;
  /** Date, epoch milliseconds. */
  readonly date_ms: number;
}

export interface DataTime {
  /** No data of the answer is younger, epoch milliseconds. */
  readonly not_after_ms: number;
  /** The source's own time, not limited to the fetch; NaN if it reports none. */
  readonly reported_ms: number;
  /** What dates the data, if its rows have no times. */
  readonly source: Exclude<TimeSource, "rows">;
}

/**
 * Combines all times to the oldest, so that no time makes data younger.
 *
 * - The answer was generated before its head arrived, and `Age` before the request (RFC 9111
 *   §4.2.3: the response delay counts as age). It was generated before the end of the second in
 *   `Date`, if that is over {@link DATE_LAG_MS_MAX} before the request.
 * - Its data is from `X-Snapshot-Ts`. Without that header, the data was already `X-Data-Age-Ms` old
 *   when the answer was generated.
 */
export function dataTime(times: AnswerTimes): DataTime {
  const { requested_ms, answered_ms, snapshot_ts, data_age_ms, cache_age_ms, date_ms } = times;
  const end_ms = date_ms + DATE_MS - 1;
  const dated_ms = requested_ms - end_ms > DATE_LAG_MS_MAX ? end_ms : NaN;
  const cached_ms = requested_ms - cache_age_ms;
  const generated_ms = oldest(answered_ms, cached_ms, dated_ms);
  const aged_ms = oldest(requested_ms, cached_ms, dated_ms) - data_age_ms;
  const reported_ms = Number.isNaN(snapshot_ts) ? aged_ms : snapshot_ts;
  const not_after_ms = oldest(generated_ms, reported_ms);
  const source = !Number.isNaN(snapshot_ts)
    ? "header"
    : not_after_ms < answered_ms
    ? "age"
    : "fetch";
  // The next hop must be able to read it.
  return { not_after_ms: Math.max(EPOCH_MS_MIN, not_after_ms), reported_ms, source };
}

/** Resolution of `Date`. */
const DATE_MS = 1000;

/** Servers may reuse their last `Date` for a while: hyper, and so Deno, for 0.8 s as measured. */
const DATE_LAG_MS_MAX = 1000;

/** The oldest of the times that are known. */
function oldest(...times_ms: number[]): number {
  return Math.min(...times_ms.map((ms) => Number.isNaN(ms) ? Infinity : ms));
}

/** The times in an answer's headers. Values of another form are ignored. */
export function answerTimes(
  headers: Headers,
  requested_ms: number,
  answered_ms: number,
): AnswerTimes {
  const [cache_age = ""] = members(headers, "age");
  const snapshot_ts = members(headers, HEADER_SNAPSHOT_TS).filter((text) => EPOCH_MS.test(text));
  const data_ages = members(headers, HEADER_DATA_AGE_MS).filter((text) => AGE_MS.test(text));
  return {
    requested_ms,
    answered_ms,
    snapshot_ts: snapshot_ts.length > 0 ? Math.min(...snapshot_ts.map(Number)) : NaN,
    data_age_ms: data_ages.length > 0 ? Math.max(...data_ages.map(Number)) : NaN,
    // The first member of a list counts (RFC 9111 §5.1).
    cache_age_ms: SECONDS.test(cache_age) ? Math.min(Number(cache_age), AGE_S_MAX) * 1000 : NaN,
    date_ms: readHttpDate(headers.get("date") ?? ""),
  };
}

/** A plausible X-Snapshot-Ts: 2001 to 2286. Seconds and microseconds are shorter and longer. */
const EPOCH_MS = /^[1-9]\d{12}$/;

const AGE_MS = /^\d{1,15}$/;

const SECONDS = /^\d+$/;

/** Largest `Age` in seconds; it stands for every larger one (RFC 9111 §1.2.2). */
const AGE_S_MAX = 2_147_483_648;

/** Members of a repeated header; `Headers` joins them by commas. */
function members(headers: Headers, name: string): string[] {
  return commaList(headers.get(name) ?? "");
}

/** The three forms of RFC 9110 §5.6.7. `Date.parse` alone accepts many others. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * Epoch milliseconds of an HTTP date. NaN for other text and for dates before 2001, which come
 * from clocks that were never set.
 */
export function readHttpDate(text: string): number {
  const date_ms = ASCTIME.test(text)
    ? Date.parse(`${text} GMT`)
    : IMF_FIXDATE.test(text) || RFC_850.test(text)
    ? Date.parse(text)
    : NaN;
  return date_ms >= EPOCH_MS_MIN ? date_ms : NaN;
}
