/** Parsed body + answer headers → the next snapshot, or the reason why it is refused. Pure. */
import { bootOf, idOfEtag } from "../../contracts/mod.ts";
import { BAD_ROWS_MAX_PCT, type ParsedBody, ParseError } from "../parse/mod.ts";
import {
  hasTopology,
  type Indexed,
  indexRows,
  newestRowTime,
  type SnapshotData,
} from "../snapshot/mod.ts";
import { PollError } from "./poll_error.ts";

/** Older snapshots in a row, each newer than the one before, taken for a clock that was set back. */
export const CLOCK_RESET_AFTER = 3;

/** What is remembered of a source between polls. */
export interface Held {
  readonly snapshot: SnapshotData;
  /** The source's own timestamp, not held back to the fetch time. */
  readonly source_ts: number;
  readonly etag: string | null;
  readonly ends_with_newline: boolean;
}

/** Older snapshots refused in a row: the last one's timestamp. */
export interface Refused {
  readonly count: number;
  readonly source_ts: number;
}

/** What one exchange brought. */
export interface Arrived {
  readonly body: ParsedBody;
  readonly etag: string | null;
  /** X-Snapshot-Ts, or NaN. */
  readonly snapshot_ts: number;
  readonly fetched_ms: number;
}

/** The body is the one held already. */
export const UNCHANGED = "unchanged";

/** Names snapshots of a source that does not: `<boot>-<n>`, n counting up. */
export type NextId = () => string;

/**
 * Decides on a body that parsed.
 *
 * @throws {PollError} `truncated`, `older_snapshot`; {@link ParseError} `no_rows`,
 * `too_many_bad_rows`
 */
export function accept(
  arrived: Arrived,
  held: Held | null,
  refused: Refused,
  nextId: NextId,
): Held | typeof UNCHANGED {
  const { body, fetched_ms } = arrived;
  rejectCutBody(body, held);
  const etag_id = idOfEtag(arrived.etag);
  const same_id = held !== null && (etag_id === null || etag_id === idOfEtag(held.etag));
  if (same_id && sameBody(body, held.snapshot)) return UNCHANGED;

  const indexed = index(body, held);
  const rows_ts = newestRowTime(body.header, indexed.table);
  const [time_source, source_ts] = !Number.isNaN(rows_ts)
    ? ["rows" as const, rows_ts]
    : !Number.isNaN(arrived.snapshot_ts)
    ? ["header" as const, arrived.snapshot_ts]
    : ["fetch" as const, fetched_ms];
  if (time_source !== "fetch") rejectOlder(source_ts, etag_id, held, refused);

  return {
    snapshot: {
      // An ETag met again over other data is no id: readers of ours would get a false 304.
      id: etag_id === null || same_id ? nextId() : etag_id,
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
    etag: arrived.etag,
    ends_with_newline: body.ends_with_newline,
  };
}

/** A body that ends at a line end looks whole without Content-Length; the habit tells. */
function rejectCutBody(body: ParsedBody, held: Held | null): void {
  if (held !== null && held.ends_with_newline && !body.ends_with_newline) {
    throw new PollError(
      "truncated",
      `the body ends without the line end that the last one had, after ${body.table.length} bytes`,
      200,
    );
  }
}

function index(body: ParsedBody, held: Held | null): Indexed {
  const topology = held?.snapshot.topology;
  if (topology !== undefined && hasTopology(body.header, body.table, topology)) {
    return { topology, table: body.table, empty_ids: 0, repeated_ids: 0 };
  }
  const indexed = indexRows(body.header, body.table);
  const bad_rows = body.bad_rows + indexed.empty_ids;
  const rows = body.table.rows + body.bad_rows;
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

function rejectOlder(
  source_ts: number,
  etag_id: string | null,
  held: Held | null,
  refused: Refused,
): void {
  if (held === null || held.snapshot.time_source === "fetch" || source_ts >= held.source_ts) return;
  const boot = bootOf(etag_id ?? "");
  const held_boot = bootOf(idOfEtag(held.etag) ?? "");
  if (boot !== null && held_boot !== null && boot !== held_boot) return;
  if (refused.count >= CLOCK_RESET_AFTER && source_ts > refused.source_ts) return;
  throw new OlderSnapshotError(source_ts, held.source_ts);
}

/** Refused because its timestamp went back. */
export class OlderSnapshotError extends PollError {
  constructor(readonly source_ts: number, held_ts: number) {
    super(
      "older_snapshot",
      `snapshot of ${iso(source_ts)} is older than the one held, of ${iso(held_ts)}, ` +
        `and the source did not restart`,
      200,
    );
  }
}

function iso(epoch_ms: number): string {
  return new Date(epoch_ms).toISOString();
}

function sameBody({ table }: ParsedBody, { table: other }: SnapshotData): boolean {
  if (table.length !== other.length) return false;
  for (let i = 0; i < table.length; i++) if (table.bytes[i] !== other.bytes[i]) return false;
  return true;
}
