/** Parsed body + answer headers → the next snapshot, or the reason why it is refused. Pure. */
import { bootOf, idOfEtag } from "../../contracts/mod.ts";
import {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLES_MAX,
  type BadRow,
  badRowAt,
  type ParsedBody,
  ParseError,
} from "../parse/mod.ts";
import {
  type HashKey,
  type Indexed,
  indexRows,
  matchRows,
  newestRowTime,
  type SnapshotData,
} from "../snapshot/mod.ts";
import { type Doubted, DoubtError, isBelieved } from "./doubt.ts";
import { type GiveWay, NO_WAY } from "./give_way.ts";
import type { SnapshotIds } from "./snapshot_ids.ts";

/** What is remembered of a source between polls. */
export interface Held {
  readonly snapshot: SnapshotData;
  /** The source's own timestamp, not held back to the fetch time. */
  readonly source_ts: number;
  readonly etag: string | null;
  readonly ends_with_newline: boolean;
  /** Some of the snapshot's bad rows, as they came. */
  readonly bad_samples: readonly BadRow[];
}

/** What one exchange brought. */
export interface Arrived {
  readonly body: ParsedBody;
  readonly etag: string | null;
  /** X-Snapshot-Ts, or NaN. */
  readonly snapshot_ts: number;
  /** Whether the answer said where its body ends, so that none of it can be missing. */
  readonly end_known: boolean;
  readonly fetched_ms: number;
}

/** The body is the one held already. */
export const UNCHANGED = "unchanged";

/**
 * Decides on a body that parsed. What it cannot see is a body cut exactly at a line end by a source
 * that does not say where its bodies end: that looks like fewer switches.
 *
 * @throws {PollError} `truncated`, `older_snapshot`; {@link ParseError} `no_rows`,
 * `too_many_bad_rows`
 */
export function accept(
  arrived: Arrived,
  held: Held | null,
  doubted: Doubted,
  ids: SnapshotIds,
  hash_key: HashKey,
  way: GiveWay = NO_WAY,
): Held | typeof UNCHANGED {
  const { body, etag, fetched_ms } = arrived;
  rejectCutBody(arrived, held, doubted);
  const etag_id = idOfEtag(etag);
  if (isUnchanged(arrived, etag_id, held)) return UNCHANGED;

  const indexed = index(body, held, hash_key, way);
  const [time_source, source_ts] = timeOf(arrived, indexed);
  if (time_source === held?.snapshot.time_source) rejectOlder(source_ts, etag_id, held, doubted);

  return {
    snapshot: {
      id: ids.take(etag_id),
      // A source clock that runs ahead must not make data look fresh after it stopped coming.
      taken_ms: Math.min(source_ts, fetched_ms),
      fetched_ms,
      time_source,
      table: indexed.table,
      topology: indexed.topology,
      bad_rows: body.bad_rows + indexed.empty_ids,
      repeated_ids: indexed.repeated_ids,
    },
    source_ts,
    etag,
    ends_with_newline: body.ends_with_newline,
    bad_samples: samplesOf(body, indexed),
  };
}

/** A body without its last line end may lack more than that, unless its end was announced. */
function rejectCutBody({ body, end_known }: Arrived, held: Held | null, doubted: Doubted): void {
  const is_usual = held !== null && !held.ends_with_newline;
  if (body.ends_with_newline || end_known || is_usual) return;
  const doubt = { about: "line_end", rows: body.table.rows } as const;
  if (isBelieved(doubted, doubt)) return;
  const lack = held === null ? "without a line end" : "without the line end that the last one had";
  throw new DoubtError(
    doubt,
    "truncated",
    `the body ends ${lack}, and nothing said how long it is, after ${body.table.length} bytes`,
  );
}

function isUnchanged(arrived: Arrived, etag_id: string | null, held: Held | null): boolean {
  if (held === null) return false;
  if (etag_id === null) {
    const is_newer = held.snapshot.time_source === "header" && arrived.snapshot_ts > held.source_ts;
    if (is_newer) return false;
  } else if (etag_id !== idOfEtag(held.etag)) return false;
  return sameBytes(arrived.body.table, held.snapshot.table);
}

function index(
  body: ParsedBody,
  held: Held | null,
  hash_key: HashKey,
  way: GiveWay,
): Indexed {
  const { header, table } = body;
  const topology = held?.snapshot.topology;
  const indexed = (topology && matchRows(header, table, topology, way.afterPiece)) ??
    indexRows(header, table, hash_key);
  const bad_rows = body.bad_rows + indexed.empty_ids;
  const rows = table.rows + body.bad_rows;
  if (indexed.table.rows === 0) throw new ParseError("no_rows", `${rows} rows, none with an id`);
  if (bad_rows * 100 > rows * BAD_ROWS_MAX_PCT) {
    throw new ParseError(
      "too_many_bad_rows",
      `${bad_rows} of ${rows} rows are bad (${indexed.empty_ids} without an id): ` +
        `at most ${BAD_ROWS_MAX_PCT} % are left out`,
    );
  }
  return indexed;
}

function timeOf(
  { body, snapshot_ts, fetched_ms }: Arrived,
  { table }: Indexed,
): [SnapshotData["time_source"], source_ts: number] {
  const rows_ts = newestRowTime(body.header, table, fetched_ms);
  if (!Number.isNaN(rows_ts)) return ["rows", rows_ts];
  return Number.isNaN(snapshot_ts) ? ["fetch", fetched_ms] : ["header", snapshot_ts];
}

function rejectOlder(
  source_ts: number,
  etag_id: string | null,
  held: Held,
  doubted: Doubted,
): void {
  if (held.snapshot.time_source === "fetch" || source_ts >= held.source_ts) return;
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

function samplesOf({ bad_samples }: ParsedBody, { empty_ids_at, table }: Indexed): BadRow[] {
  const room = BAD_SAMPLES_MAX - bad_samples.length;
  const no_id = empty_ids_at.slice(0, room)
    .map((start) => badRowAt(table.bytes, table.length, start, "no id"));
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
