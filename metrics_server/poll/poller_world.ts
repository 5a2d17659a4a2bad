/** A poller's settings, what it needs of its surroundings, and its results. */
import type { Shard } from "../../contracts/mod.ts";
import type { BodyLimits, Buffers } from "../parse/mod.ts";
import type { ColumnSettings, HashKey, SnapshotData, TimeSettings } from "../snapshot/mod.ts";
import type { AnswerTimes } from "./data_time.ts";
import type { Pacing } from "./pacing.ts";
import type { PollerStats } from "./poller_stats.ts";
import type { NextId } from "./snapshot_ids.ts";
import type { SourceReader } from "./source_reader.ts";

export interface PollerConfig {
  readonly url: string;
  readonly poll_ms: number;
  readonly timeout_ms: number;
  readonly backoff_max_ms: number;
  readonly bytes_max: number;
  /** Most of a body that is kept; absent: no bound but `bytes_max`. */
  readonly limits?: BodyLimits;
  readonly id_columns: readonly (readonly string[])[];
  readonly row_times: TimeSettings;
  readonly columns?: ColumnSettings;
  /** Rows that are kept; absent: all. */
  readonly shard?: Shard;
}

/** The poller's I/O, clocks and randomness. */
export interface PollerWorld {
  readonly read: SourceReader;
  epoch_ms(): number;
  monotonic_ms(): number;
  random(): number;
  /** Calls back once after the delay; the returned function cancels it. */
  later(delay_ms: number, run: () => void): () => void;
  readonly nextId: NextId;
  /** Random and secret, so that a source cannot construct colliding ids. */
  readonly hash_key: HashKey;
  /** Memory for bodies; the memory of refused bodies is reused. */
  readonly buffers?: Buffers;
  /** Resolves when there is memory for one more snapshot; null: there is. */
  room?(): Promise<void> | null;
  readonly pacing?: Pacing;
  /** Called when a body is parsed, before it is accepted or refused. */
  parsed?(): void;
  /** Called with stats that change before a poll ends: when a half-open poll begins. */
  reportStats?(stats: PollerStats): void;
  /** Renders a new snapshot's items, or null to leave them until requested. Part of `apply_ms`. */
  prepare?(snapshot: SnapshotData): PreparedItems;
}

export type PreparedItems = Uint8Array<SharedArrayBuffer> | null;

/** What an answer declared about its body. */
export type Origin = Pick<SavedSnapshot, "etag" | "times">;

/** An accepted body with all that decided how it was accepted, to keep beyond the process. */
export interface SavedSnapshot {
  /** Id under which the snapshot was served. */
  readonly snapshot_id: string;
  readonly etag: string | null;
  readonly times: AnswerTimes;
  /** The data is not younger, epoch milliseconds: a later 304 may have shown it to be older. */
  readonly not_after_ms: number;
  /** The data intervals of its source up to this snapshot, see `intervalsAfter`. */
  readonly intervals_ms: readonly number[];
  /** The body as UTF-8. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A snapshot with a copy of its body. */
export function savedSnapshot(snapshot: SnapshotData, { etag, times }: Origin): SavedSnapshot {
  const { id: snapshot_id, not_after_ms, intervals_ms, table: { bytes, length } } = snapshot;
  const body = bytes.slice(0, length);
  return { snapshot_id, etag, times, not_after_ms, intervals_ms, body };
}

/** How a snapshot of another process is adopted. */
export interface Adopted {
  /** Restored from an earlier process, or adopted from another replica. */
  readonly event: "snapshot.restored" | "snapshot.adopted";
  /** Whether it is known to be newer than the current one; else its time decides. */
  readonly in_order: boolean;
}

/** Result of one poll, or of taking a snapshot over: its event with the event's fields. */
export interface PollOutcome {
  readonly event: "poll.run" | "poll.error" | "snapshot.aged" | Adopted["event"];
  readonly fields: Record<string, unknown>;
  readonly stats: PollerStats;
  /** A new snapshot, or null if the current one stays. */
  readonly snapshot: SnapshotData | null;
  readonly items: PreparedItems;
  /** What decided how the new snapshot was accepted. */
  readonly origin?: Origin;
  /** New limit of the current snapshot's times, if the answer showed that its data is older. */
  readonly not_after_ms?: number;
  /** The data intervals of the current snapshot, if another process learned others. */
  readonly intervals_ms?: readonly number[];
  /** Fields of a `poll.row_times` event, if the rows' times are read otherwise than before. */
  readonly row_times?: Record<string, unknown>;
}
