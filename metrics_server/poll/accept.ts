/**
 * Accepts or refuses a parsed body. Pure.
 *
 *     parsed body, ETag, times ──> accept() ──> the next snapshot
 *                                      ├──> UNCHANGED
 *                                      └──> PollError or ParseError: refused
 */
import { bootOf, idOfEtag, type RowTimesStats, type Shard } from "../../contracts/mod.ts";
import { withoutCodings } from "../../platform/mod.ts";
import {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLES_MAX,
  type BadRow,
  badRowAt,
  cellEnd,
  cellStart,
  type CellTable,
  noIdReason,
  type ParsedBody,
  ParseError,
  textOf,
} from "../parse/mod.ts";
import {
  agedTo,
  type HashKey,
  type Indexed,
  indexRows,
  matchRows,
  readRowTimes,
  type SnapshotData,
  type TimeSettings,
} from "../snapshot/mod.ts";
import type { SnapshotIds } from "./snapshot_ids.ts";
import { type AnswerTimes, type DataTime, dataTime } from "./data_time.ts";
import { type Doubted, isBelieved } from "./doubt.ts";
import { NO_PACING, type Pacing } from "./pacing.ts";
import { DoubtError } from "./poll_error.ts";

/** The current snapshot of a source, and what the next poll needs of its answer. */
export interface Held {
  readonly snapshot: SnapshotData;
  /** The source's own timestamp, not limited to the fetch time. */
  readonly source_ts: number;
  readonly row_times: RowTimesStats | null;
  readonly etag: string | null;
  readonly times: AnswerTimes;
  readonly end: BodyEnd;
  readonly bad_samples: readonly BadRow[];
}

/** What the end of a body is recognised by, in whatever shard its last rows are. */
interface BodyEnd {
  readonly has_newline: boolean;
  readonly rows: number;
  readonly last_id: string;
}

/** A body and its answer's headers. */
export interface Arrived {
  readonly body: ParsedBody;
  readonly etag: string | null;
  readonly times: AnswerTimes;
  /** Whether the answer announced the end of its body, so that a cut would be noticed. */
  readonly end_known: boolean;
  /** Whether a header row without rows is a body: a shard's list may be empty. */
  readonly may_be_empty?: boolean;
}

/** Settings and ids that all polls of a source share. */
export interface AcceptRules {
  readonly ids: Pick<SnapshotIds, "take">;
  readonly hash_key: HashKey;
  readonly row_times: TimeSettings;
  readonly pacing?: Pacing;
  readonly shard?: Shard;
}

/** Variation of times computed from X-Data-Age-Ms. */
const AGE_JITTER_MS = 1000;

/** The current snapshot has the same body. */
export const UNCHANGED = "unchanged";

/**
 * Accepts or refuses a parsed body. A body cut exactly at a line end, by a source that does not
 * announce the end of its bodies, is accepted: it looks like one with fewer switches.
 *
 * @throws {PollError} `truncated`, `older_snapshot`; {@link ParseError} `no_rows`,
 * `too_many_bad_rows`
 */
export function accept(
  arrived: Arrived,
  held: Held | null,
  doubted: Doubted,
  rules: AcceptRules,
): Held | typeof UNCHANGED {
  const { body, etag, times } = arrived;
  const etag_id = idOfEtag(etag);
  if (isUnchanged(arrived, etag_id, held)) return UNCHANGED;

  const indexed = index(arrived, held, rules);
  const end = endOf(body, indexed);
  rejectCutBody(arrived, end, held, doubted);
  const { table, topology, repeated_ids } = indexed;
  const from_headers = dataTime(times);
  const { not_after_ms } = from_headers;
  const from_rows = readRowTimes(body.header.names, table, times.answered_ms, rules.row_times);
  const { time_column } = from_rows;
  const time_source = time_column === null ? from_headers.source : "rows";
  const source_ts = time_column === null ? from_headers.reported_ms : from_rows.newest_ms;
  if (time_source === held?.snapshot.time_source) rejectOlder(source_ts, etag_id, held, doubted);

  return {
    snapshot: {
      id: rules.ids.take(etag_id),
      // A source clock that runs ahead must not make old data look fresh.
      taken_ms: Number.isNaN(source_ts) ? not_after_ms : Math.min(source_ts, not_after_ms),
      not_after_ms,
      time_source,
      time_column,
      table,
      topology,
      bad_rows: body.bad_rows + indexed.empty_ids,
      uneven_rows: body.uneven_rows,
      repeated_ids,
      rows_left_out: body.rows_left_out,
    },
    source_ts,
    row_times: from_rows.stats,
    etag,
    times,
    end,
    bad_samples: samplesOf(body, indexed),
  };
}

/**
 * The current snapshot after an answer with the same data: as old as the oldest answer reports,
 * for example a cache's. Null if it is not older than known.
 */
export function age(held: Held, times: AnswerTimes): Held | null {
  const { not_after_ms } = dataTime(times);
  if (not_after_ms >= held.snapshot.not_after_ms) return null;
  return { ...held, snapshot: agedTo(held.snapshot, not_after_ms) };
}

/**
 * A body without a final line end may be truncated inside its last cell, unless its length was
 * announced. A source that never writes one is believed unless rows are missing at the end.
 */
function rejectCutBody(
  { body, end_known }: Arrived,
  end: BodyEnd,
  held: Held | null,
  doubted: Doubted,
): void {
  if (end.has_newline || end_known) return;
  const is_usual = held !== null && !held.end.has_newline;
  const reaches_end = held !== null && reachesEnd(end, held.end);
  if (is_usual && reaches_end) return;
  const doubt = {
    about: "line_end",
    rows: body.table.rows + body.rows_left_out,
    chance: chanceOfWholeRow(body.table),
    is_strict: held !== null && !is_usual && !reaches_end,
  } as const;
  if (isBelieved(doubted, doubt)) return;
  const ending = held === null
    ? "without a line end"
    : is_usual
    ? "without a line end and before the last row of the last body"
    : "without the line end that the last body had";
  throw new DoubtError(
    doubt,
    "truncated",
    `the body ends after ${body.table.length} bytes ${ending}, and its length was not announced`,
  );
}

/** Whether a body has at least as many rows as the last one, or the same last row. */
function reachesEnd(now: BodyEnd, before: BodyEnd): boolean {
  return now.rows >= before.rows || now.last_id === before.last_id;
}

function endOf(body: ParsedBody, { topology }: Indexed): BodyEnd {
  const { id_bytes, id_offsets, rows } = topology;
  return {
    has_newline: body.ends_with_newline,
    rows: rows + body.rows_left_out,
    last_id: body.last_left_out ??
      (rows === 0 ? "" : textOf(id_bytes, id_offsets[rows - 1], id_offsets[rows])),
  };
}

/** Share of the body's bytes after which its last row would look whole: within the last cells. */
function chanceOfWholeRow(table: CellTable): number {
  if (table.rows === 0) return 1;
  let bytes = 0;
  for (let row = 0; row < table.rows; row++) {
    bytes += cellEnd(table, row, table.columns - 1) - cellStart(table, row, table.columns - 1) + 1;
  }
  return Math.min(1, bytes / table.length);
}

function isUnchanged(arrived: Arrived, etag_id: string | null, held: Held | null): boolean {
  if (held === null) return false;
  if (etag_id === null) {
    if (isNewer(dataTime(arrived.times), held)) return false;
  } else if (withoutCodings(etag_id) !== withoutCodings(idOfEtag(held.etag) ?? "")) return false;
  return sameBytes(arrived.body.table, held.snapshot.table);
}

/** Whether the source itself reports a later time; the same data was then taken again. */
function isNewer({ reported_ms, source }: DataTime, { snapshot, source_ts }: Held): boolean {
  if (source !== snapshot.time_source) return false;
  return reported_ms > source_ts + (source === "header" ? 0 : AGE_JITTER_MS);
}

function index(
  { body, may_be_empty = false }: Arrived,
  held: Held | null,
  { hash_key, pacing = NO_PACING, shard }: AcceptRules,
): Indexed {
  const { header, table } = body;
  const topology = held?.snapshot.topology;
  const indexed = (topology && matchRows(header, table, topology, pacing.pause)) ??
    indexRows(header, table, hash_key, topology?.is_named ?? shard !== undefined);
  const bad_rows = body.bad_rows + indexed.empty_ids;
  const rows = table.rows + body.bad_rows;
  if (indexed.table.rows === 0 && body.rows_left_out === 0 && !may_be_empty) {
    throw new ParseError("no_rows", `${rows} rows, none with an id`);
  }
  // Without such rows the parser has judged the bad ones, and knows the rows of other shards.
  if (indexed.empty_ids > 0 && bad_rows * 100 > rows * BAD_ROWS_MAX_PCT) {
    throw new ParseError(
      "too_many_bad_rows",
      `${bad_rows} of ${rows} rows are bad (${indexed.empty_ids} without a valid id): ` +
        `at most ${BAD_ROWS_MAX_PCT} % are left out`,
    );
  }
  return indexed;
}

function rejectOlder(
  source_ts: number,
  etag_id: string | null,
  held: Held,
  doubted: Doubted,
): void {
  const { time_source } = held.snapshot;
  // Times computed from an age vary with the delay of the exchange.
  if (time_source === "fetch" || time_source === "age" || source_ts >= held.source_ts) return;
  const boot = bootOf(etag_id ?? "");
  const held_boot = bootOf(idOfEtag(held.etag) ?? "");
  if (boot !== null && held_boot !== null && boot !== held_boot) return;
  const doubt = { about: "time", source_ts } as const;
  if (isBelieved(doubted, doubt)) return;
  throw new DoubtError(
    doubt,
    "older_snapshot",
    `snapshot of ${iso(source_ts)} is older than the one held, of ${iso(held.source_ts)}, ` +
      `and the source did not restart`,
  );
}

function samplesOf({ bad_samples, header }: ParsedBody, indexed: Indexed): BadRow[] {
  const { empty_ids_at, table } = indexed;
  const reason = noIdReason(header);
  const no_id = empty_ids_at.slice(0, BAD_SAMPLES_MAX - bad_samples.length)
    .map((start) => badRowAt(table.bytes, table.length, start, reason))
    .map((row) => row.text.includes("\ufffd") ? { ...row, reason: "not UTF-8" } : row);
  return [...bad_samples, ...no_id];
}

function iso(epoch_ms: number): string {
  return new Date(epoch_ms).toISOString();
}

function sameBytes(a: SnapshotData["table"], b: SnapshotData["table"]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a.bytes[i] !== b.bytes[i]) return false;
  return true;
}
