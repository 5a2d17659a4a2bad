/** Responses with data: age, ETag and headers. */
import {
  HEADER_DATA_AGE_MS,
  HEADER_OLDEST_ROW_AGE_MS,
  HEADER_SHARD,
  HEADER_SNAPSHOT_TS,
  JSON_CONTENT_TYPE,
  type Shard,
  shardText,
} from "../../contracts/mod.ts";

/** Age in whole milliseconds; 0 if the clock of the source is ahead. */
export function ageOf(taken_ms: number, now_ms: number): number {
  return now_ms > taken_ms ? Math.floor(now_ms - taken_ms) : 0;
}

/** A bound on age: the smaller of the request's and the service's. */
export interface AgeBound {
  readonly max_ms: number;
  readonly bound: "max_age_ms" | "MAX_STALE_MS";
}

/** @param request_ms `max_age_ms` of the request, or Infinity. */
export function ageBound(request_ms: number, service_ms: number): AgeBound {
  return request_ms < service_ms
    ? { max_ms: request_ms, bound: "max_age_ms" }
    : { max_ms: service_ms, bound: "MAX_STALE_MS" };
}

/**
 * Reads `max_age_ms`: digits only. Infinity if absent, null if invalid.
 *
 * ```ts
 * readMaxAge("5000"); // 5000
 * ```
 */
export function readMaxAge(text: string | null): number | null {
  if (text === null) return Infinity;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Clients may cache a response but must revalidate it. */
const CACHE_CONTROL = "no-cache";

/** `Vary` of every response that may be gzip, for shared caches (RFC 9110 §12.5.5). */
export const VARIES_BY_ENCODING = "accept-encoding";

const NOT_MODIFIED = { status: 304 };

const JSON_ONLY = { headers: { "content-type": JSON_CONTENT_TYPE } };

/** ETag of a snapshot. Weak (RFC 9110 §8.8.1): responses of one snapshot differ in `age_ms`. */
function etagOf(snapshot_id: string): string {
  return `W/"${snapshot_id}"`;
}

/** Headers of a data response that describe its data; the age is apart, because it grows. */
export interface DataMark {
  readonly etag: string;
  /** Time of the data in whole epoch milliseconds, as text. */
  readonly snapshot_ts: string;
}

export function dataMark(snapshot_id: string, taken_ms: number): DataMark {
  return { etag: etagOf(snapshot_id), snapshot_ts: snapshotTs(taken_ms) };
}

/** Times of a list, epoch milliseconds. */
export interface ListTimes {
  readonly taken_ms: number;
  /** Time of the oldest row, NaN if no row has an own time. */
  readonly oldest_ms: number;
}

/** A list's mark, with the shard of its rows. */
export interface ListMark extends DataMark, ListTimes {
  /** {@link HEADER_SHARD}, or null without SHARD. */
  readonly shard: string | null;
}

export function listMark(
  snapshot_id: string,
  { taken_ms, oldest_ms }: ListTimes,
  shard?: Shard,
): ListMark {
  const mark = dataMark(snapshot_id, taken_ms);
  return { ...mark, taken_ms, oldest_ms, shard: shard === undefined ? null : shardText(shard) };
}

/** `X-Snapshot-Ts`; never later than the data. */
export function snapshotTs(taken_ms: number): string {
  return String(Math.floor(taken_ms));
}

/** Sets ETag, time and age of a response that is not JSON. */
export function markData(headers: Headers, { etag, snapshot_ts }: DataMark, age_ms: number): void {
  headers.set("etag", etag);
  headers.set(HEADER_DATA_AGE_MS, String(age_ms));
  headers.set(HEADER_SNAPSHOT_TS, snapshot_ts);
}

/** Age in the header of a response; NaN without one. */
export function ageHeaderOf({ headers }: Response): number {
  return Number(headers.get(HEADER_DATA_AGE_MS) ?? NaN);
}

/**
 * A 200 with JSON, the data's ETag, time and age.
 *
 * Deno copies several headers passed to `Response` at once; setting them one by one is faster.
 */
export function dataResponse(
  body: string | Uint8Array<ArrayBuffer>,
  data: DataMark,
  age_ms: number,
): Response {
  const response = new Response(body, JSON_ONLY);
  mark(response.headers, data, age_ms);
  return response;
}

export function markList(headers: Headers, data: ListMark, now_ms: number): void {
  mark(headers, data, ageOf(data.taken_ms, now_ms));
  markRows(headers, data, now_ms);
}

function markRows(headers: Headers, { shard, oldest_ms }: ListMark, now_ms: number): void {
  headers.append("vary", VARIES_BY_ENCODING);
  if (!Number.isNaN(oldest_ms)) {
    headers.append(HEADER_OLDEST_ROW_AGE_MS, String(ageOf(oldest_ms, now_ms)));
  }
  if (shard !== null) headers.append(HEADER_SHARD, shard);
}

/** A 304; headers are set one by one, see {@link dataResponse}. */
export function notModified(data: DataMark, age_ms: number): Response {
  const response = new Response(null, NOT_MODIFIED);
  mark(response.headers, data, age_ms);
  return response;
}

export function listNotModified(data: ListMark, now_ms: number): Response {
  const response = notModified(data, ageOf(data.taken_ms, now_ms));
  markRows(response.headers, data, now_ms);
  return response;
}

export function listResponse(
  body: string | Uint8Array<ArrayBuffer>,
  data: ListMark,
  now_ms: number,
): Response {
  const response = dataResponse(body, data, ageOf(data.taken_ms, now_ms));
  markRows(response.headers, data, now_ms);
  return response;
}

function mark(headers: Headers, data: DataMark, age_ms: number): void {
  headers.append("etag", data.etag);
  headers.append(HEADER_DATA_AGE_MS, String(age_ms));
  headers.append(HEADER_SNAPSHOT_TS, data.snapshot_ts);
  headers.append("cache-control", CACHE_CONTROL);
}
