/** ListMetrics with parameters: some rows or fields, pages, CSV and NDJSON. */
import {
  HEADER_MISSING_SOURCES,
  HEADER_ROWS_TOO_OLD,
  type Shard,
  shardOfSnapshot,
} from "../../contracts/mod.ts";
import { isNotModified, joinBytes, splitUrl } from "../../platform/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import type { Store } from "../store.ts";
import { absentSwitch } from "./absent_switch.ts";
import { clientOf, type Info } from "./access_log.ts";
import { columnsOf, lacks } from "./columns.ts";
import { ageBound, ageOf, listMark, listNotModified, markList } from "./data_response.ts";
import type { ServeLimits } from "./get_metric.ts";
import {
  GZIP_BYTES_MIN,
  gzipBytes,
  gzipStream,
  longResponse,
  markGzip,
  nextTurn,
  wantsGzip,
} from "./bodies.ts";
import {
  cellCount,
  CHUNK_CELLS,
  LIST_CONTENT_TYPES,
  type ListFrame,
  listHead,
  listText,
  type ListView,
} from "./list_body.ts";
import type { ListQuery } from "./list_query.ts";
import type { LongBodies } from "./long_bodies.ts";
import { unknownField } from "./not_found.ts";
import { withParameter } from "./query.ts";
import {
  oldestListed,
  oldestNamed,
  oldestTaken,
  type Page,
  pageOf,
  unknownId,
} from "./list_rows.ts";
import { badListParameter, cursorGone, misdirected, tooManyLists, tooStale } from "./problems.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The end of a page: the snapshot and the number of earlier rows, over all sources. Opaque to
 * clients; valid while that snapshot is the newest.
 */
function writeCursor(snapshot_id: string, position: number): string {
  return encoder.encode(`${position} ${snapshot_id}`)
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

function readCursor(text: string): { snapshot_id: string; position: number } | null {
  try {
    const plain = decoder.decode(Uint8Array.fromBase64(text, { alphabet: "base64url" }));
    const match = /^(\d{1,9}) (.+)$/s.exec(plain);
    return match && { position: Number(match[1]), snapshot_id: match[2] };
  } catch {
    return null;
  }
}

interface PageInput {
  readonly store: Store;
  readonly limits: ServeLimits;
  readonly request: Request;
  readonly query: ListQuery;
  readonly view: ListView;
  readonly now_ms: number;
  readonly long_bodies: LongBodies;
  readonly info: Info;
}

export function answerPage(input: PageInput): Response | Promise<Response> {
  const { store, limits, request, query, view, now_ms } = input;
  const snapshots = store.delivered().map(({ snapshot }) => snapshot!);
  const from = firstPosition(query.cursor, view.id, limits.shard);
  if (from instanceof Response) return from;
  const fields = fieldsOf(snapshots, query);
  if (fields instanceof Response) return fields;
  const unknown = unknownId(snapshots, query.ids?.exact ?? []);
  if (unknown !== undefined) return absentSwitch(unknown, view.missing, limits);
  const { ids, limit, max_row_age_ms } = query;
  const leaves_out = max_row_age_ms !== null;
  const isTooOld = leaves_out ? (ms: number) => ageOf(ms, now_ms) > max_row_age_ms : null;
  const page = pageOf(snapshots, ids, from, limit ?? Infinity, isTooOld);
  // Only listed rows count: a dead source does not age the rows of others.
  const taken_ms = oldestTaken(snapshots, page.sources.map(({ rows }) => rows));
  // As in GetMetric, the age of a named row counts, however young the newest row is.
  const bounded_ms = ageOf(Math.min(taken_ms, oldestNamed(page, ids)), now_ms);
  const { max_ms, bound } = ageBound(query.max_age_ms, limits.max_stale_ms);
  if (bounded_ms > max_ms) return tooStale(bounded_ms, max_ms, bound, limits.retry_after_s);
  const mark = listMark(view.id, { taken_ms, oldest_ms: oldestListed(page) }, limits.shard);
  // A row becomes too old without a new snapshot.
  if (!leaves_out && isNotModified(request.headers.get("if-none-match"), mark.etag)) {
    return listNotModified(mark, now_ms);
  }
  const headers = new Headers();
  markList(headers, mark, now_ms);
  if (leaves_out) headers.set(HEADER_ROWS_TOO_OLD, String(page.too_old));
  const next = page.next === null ? null : writeCursor(view.id, page.next);
  headers.set("content-type", LIST_CONTENT_TYPES[query.format]);
  if (next !== null) headers.set("link", `<${nextUrl(request.url, next)}>; rel="next"`);
  if (query.format !== "json" && view.missing.length > 0) {
    headers.set(HEADER_MISSING_SOURCES, view.missing.map(urlInList).join(", "));
  }
  return send(input, page, headers, frameOf(input, ageOf(taken_ms, now_ms), fields, next));
}

/** A URL as an element of a header list, with commas and non-ASCII characters encoded. */
function urlInList(url: string): string {
  return encodeURI(url).replaceAll("%25", "%").replaceAll(",", "%2C");
}

/** Position of the first row; a problem for an invalid cursor or another snapshot. */
function firstPosition(
  text: string | null,
  snapshot_id: string,
  shard?: Shard,
): number | Response {
  if (text === null) return 0;
  const cursor = readCursor(text);
  if (cursor === null) {
    return badListParameter("cursor", text, "an unchanged next_cursor");
  }
  if (cursor.snapshot_id === snapshot_id) return cursor.position;
  const other = shardOfSnapshot(cursor.snapshot_id);
  return shard !== undefined && other?.count === shard.count && other.index !== shard.index
    ? misdirected("The cursor", other)
    : cursorGone(cursor.snapshot_id, snapshot_id);
}

/** Names of the columns; a problem for a field that no source has. */
function fieldsOf(snapshots: readonly Snapshot[], query: ListQuery): readonly string[] | Response {
  const columns = columnsOf(snapshots);
  const all = columns.map(({ name }) => name);
  const unknown = query.fields?.find((field) => lacks(snapshots, field));
  if (unknown !== undefined) return unknownField(unknown, all);
  const fields = query.fields ?? all;
  if (!query.rate && !query.labels) return fields;
  const rates = new Map(query.rate ? columns.map(({ name, rate }) => [name, rate]) : []);
  const labels = query.labels && query.fields !== null
    ? columns.filter(({ kind }) => kind === "label").map(({ name }) => name)
    : [];
  const rated = fields.flatMap((field) => [field, rates.get(field) ?? field]);
  return [...new Set([...labels, ...rated])];
}

function frameOf(
  { view, query }: PageInput,
  age_ms: number,
  fields: readonly string[],
  next: string | null,
): ListFrame {
  const missing = view.missing.length > 0
    ? `,"missing_sources":${JSON.stringify(view.missing)}`
    : "";
  return {
    fields,
    all_fields: query.fields !== null,
    head: decoder.decode(listHead(view, age_ms)) + missing,
    tail: query.limit === null ? "" : `,"next_cursor":${JSON.stringify(next)}`,
  };
}

function send(
  { store, request, query, long_bodies, info }: PageInput,
  page: Page,
  headers: Headers,
  frame: ListFrame,
): Response | Promise<Response> {
  const chunks = listText(page, query.format, frame);
  const gzip = wantsGzip(request);
  if (cellCount(page, frame.fields) < CHUNK_CELLS) {
    const body = joinBytes([...chunks]);
    if (!gzip || body.length < GZIP_BYTES_MIN) return new Response(body, { headers });
    markGzip(headers);
    return gzipBytes(body).then((compressed) => new Response(compressed, { headers }));
  }
  if (gzip) markGzip(headers);
  if (request.method === "HEAD") return new Response(null, { headers });
  const client = clientOf(info);
  if (!long_bodies.admits(client)) return tooManyLists();
  const stream = long_bodies.stream(chunks, store.pin(), client, nextTurn);
  return longResponse(gzip ? gzipStream(stream) : stream, headers);
}

/** The URL of the next page, relative to the service. */
function nextUrl(url: string, cursor: string): string {
  const [path, query] = splitUrl(url);
  // A header takes ASCII, and `>` would end the URL.
  const ascii = query.replaceAll(/[^!-~]|[<>"]/gu, encodeURIComponent);
  return `${path}?${withParameter(ascii, "cursor", cursor)}`;
}
