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
  noIdReason,
  type ParsedBody,
  ParseError,
} from "../parse/mod.ts";
import {
  agedTo,
  columnKinds,
  type ColumnSettings,
  type HashKey,
  type Indexed,
  indexRows,
  matchRows,
  NO_COLUMN_SETTINGS,
  type SnapshotData,
} from "../snapshot/mod.ts";
import { type BodyEnd, endOf, rejectCutBody } from "./cut_body.ts";
import { type AnswerTimes, type DataTime, dataTime } from "./data_time.ts";
import { date, type Dated, type DateRules, earlierOf, isOwnTime } from "./dated.ts";
import { type Doubted, isBelieved } from "./doubt.ts";
import { NO_PACING, type Pacing } from "./pacing.ts";
import { DoubtError, PollError } from "./poll_error.ts";
import type { SnapshotIds } from "./snapshot_ids.ts";

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
export interface AcceptRules extends DateRules {
  readonly ids: Pick<SnapshotIds, "take">;
  readonly hash_key: HashKey;
  readonly columns?: ColumnSettings;
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
  const etag_id = idOfEtag(arrived.etag);
  if (isUnchanged(arrived, etag_id, held)) return UNCHANGED;

  const indexed = index(arrived, held, rules);
  rejectCutBody(arrived, endOf(arrived.body, indexed), held, doubted);
  const dated = date(arrived.body.header, indexed, arrived.times, rules);
  if (isOwnTime(dated.time_source)) rejectOlder(dated, etag_id, held, doubted);
  return heldOf(arrived, indexed, dated, { held, rules, id: rules.ids.take(etag_id) });
}

/**
 * Adopts a body that another process accepted, under the id that it got there.
 *
 * @param doubted Null if the body is known to be newer than the one held, whatever its time.
 * @throws {PollError} `older_snapshot`; {@link ParseError} `no_rows`, `too_many_bad_rows`
 */
export function adopt(
  arrived: Arrived,
  snapshot_id: string,
  held: Held | null,
  doubted: Doubted | null,
  rules: AcceptRules,
): Held {
  const indexed = index(arrived, held, rules);
  const dated = date(arrived.body.header, indexed, arrived.times, rules);
  if (doubted !== null && !isTakenTwice(arrived, dated, held)) {
    const etag_id = idOfEtag(arrived.etag);
    const is_same_time = isOwnTime(dated.time_source) && dated.source_ts === held?.source_ts;
    if (is_same_time || isRestarted(etag_id, held)) rejectAnsweredBefore(arrived, held!);
    else rejectOlder(dated, etag_id, held, doubted);
  }
  return heldOf(arrived, indexed, dated, { held, rules, id: snapshot_id });
}

/**
 * Whether two processes polled the same data. Then their fetch times order nothing, and all must
 * serve it under one id.
 */
function isTakenTwice({ body }: Arrived, { time_source }: Dated, held: Held | null): boolean {
  return held !== null && !isOwnTime(time_source) && sameBytes(body.table, held.snapshot.table);
}

/** Only the order of the exchanges shows which of two runs, or of two equal times, is later. */
function rejectAnsweredBefore({ times: { answered_ms } }: Arrived, { times }: Held): void {
  if (answered_ms >= times.answered_ms) return;
  throw new PollError(
    "older_snapshot",
    `snapshot of another run of the source or of the same time, received at ${
      iso(answered_ms)
    }, before the one ` +
      `held, at ${iso(times.answered_ms)}`,
  );
}

function heldOf(
  { body, etag, times }: Arrived,
  indexed: Indexed,
  dated: Dated,
  { held, rules, id }: { held: Held | null; rules: AcceptRules; id: string },
): Held {
  const { source_ts, row_times, not_after_ms, time_source, time_column, own_times } = dated;
  const { table, topology, repeated_ids } = indexed;
  const { columns: settings = NO_COLUMN_SETTINGS, pacing = NO_PACING } = rules;
  const cells = { table, topology, time_column };
  const columns = columnKinds(cells, settings, held?.snapshot ?? null, pacing.pause);
  return {
    snapshot: {
      id,
      // A source clock that runs ahead must not make old data look fresh.
      taken_ms: Number.isNaN(source_ts) ? not_after_ms : Math.min(source_ts, not_after_ms),
      not_after_ms,
      time_source,
      time_column,
      own_times,
      intervals_ms: [],
      table,
      topology,
      columns,
      earlier: columns.some(({ kind }) => kind === "counter")
        ? earlierOf(held, dated, times, rules.buffers)
        : null,
      bad_rows: body.bad_rows + indexed.empty_ids,
      uneven_rows: body.uneven_rows,
      repeated_ids,
      rows_left_out: body.rows_left_out,
    },
    source_ts,
    row_times,
    etag,
    times,
    end: endOf(body, indexed),
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
  { hash_key, pacing = NO_PACING, shard, buffers }: AcceptRules,
): Indexed {
  const { header, table } = body;
  const topology = held?.snapshot.topology;
  const indexed = (topology && matchRows(header, table, topology, pacing.pause)) ??
    indexRows(header, table, hash_key, topology?.is_named ?? shard !== undefined, buffers);
  const bad_rows = body.bad_rows + indexed.empty_ids;
  const rows = table.rows + body.bad_rows;
  if (indexed.table.rows === 0 && body.rows_left_out === 0 && !may_be_empty) {
    throw new ParseError("no_rows", `${rows} rows, none with an id`);
  }
  // If no id is empty, the parser has already checked the share of bad rows, over all shards.
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
  { source_ts, time_source, not_after_ms }: Dated,
  etag_id: string | null,
  held: Held | null,
  doubted: Doubted,
): void {
  if (time_source !== held?.snapshot.time_source) return;
  const dates_itself = isOwnTime(time_source);
  const held_ts = dates_itself ? held.source_ts : held.snapshot.not_after_ms;
  const jitter_ms = time_source === "age" ? AGE_JITTER_MS : 0;
  const ts = dates_itself ? source_ts : not_after_ms;
  if (ts + jitter_ms >= held_ts) return;
  if (isRestarted(etag_id, held)) return;
  const doubt = { about: "time", source_ts: ts } as const;
  if (isBelieved(doubted, doubt)) return;
  throw new DoubtError(
    doubt,
    "older_snapshot",
    `snapshot of ${iso(ts)} is older than the one held, of ${iso(held_ts)}, ` +
      `and the source did not restart`,
  );
}

/** Whether the boot parts of the source's ids differ. */
function isRestarted(etag_id: string | null, held: Held | null): boolean {
  const boot = bootOf(etag_id ?? "");
  const held_boot = bootOf(idOfEtag(held?.etag ?? null) ?? "");
  return boot !== null && held_boot !== null && boot !== held_boot;
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
