/**
 * What is held of a source, and the counters of its poller: changed by polls, and by snapshots that
 * another process accepted.
 *
 *     polled body ──> accept() ──> succeeded() ──┐
 *     stored or published ────> adopted() ───────┼──> the current snapshot, its stats, an outcome
 *     error ──> failed() ────────────────────────┘
 */
import type { CircuitState } from "../../contracts/mod.ts";
import { redactText, secretsOf } from "../../platform/mod.ts";
import { type Buffers, CsvParser, FRESH_BUFFERS, LentBuffers } from "../parse/mod.ts";
import { agedTo, buffersOf } from "../snapshot/mod.ts";
import {
  accept,
  type AcceptRules,
  adopt,
  age,
  type Arrived,
  type Held,
  UNCHANGED,
} from "./accept.ts";
import { CIRCUIT_OPENS_AFTER, retryDelay } from "./backoff.ts";
import { intervalsAfter } from "./data_interval.ts";
import { cutAgain, doubtAgain, type Doubted, NO_DOUBT } from "./doubt.ts";
import { NO_PACING } from "./pacing.ts";
import { describeFailure, DoubtError, type Failure } from "./poll_error.ts";
import {
  copyStats,
  countFailure,
  countPause,
  countSuccess,
  describeHeld,
  emptyStats,
  isReadAs,
  type PollerStats,
} from "./poller_stats.ts";
import {
  type Adopted,
  type Origin,
  type PollerConfig,
  type PollerWorld,
  type PollOutcome,
  type PreparedItems,
  type SavedSnapshot,
  savedSnapshot,
} from "./poller_world.ts";
import { SnapshotIds } from "./snapshot_ids.ts";
import type { ReadAnswer } from "./source_reader.ts";

/** Bytes of a stored or published body that are parsed between two pauses. */
const CHUNK_BYTES = 64 * 1024;

/** A successful exchange. */
export interface Exchanged {
  readonly answer: ReadAnswer;
  /** The snapshot that the request named as known. */
  readonly known: Held | null;
  /** Null if the current snapshot is still the newest. */
  readonly next: Held | null;
  readonly items: PreparedItems;
}

export class SourceState {
  #held: Held | null = null;
  /** When the current snapshot was received, by this machine's clock. */
  #received_ms = NaN;
  #doubted: Doubted = NO_DOUBT;
  readonly #stats: PollerStats;
  readonly #ids: SnapshotIds;
  readonly #rules: AcceptRules;
  /** Credentials of the source, which its answers and error messages may repeat. */
  readonly #secrets: readonly string[];

  constructor(readonly config: PollerConfig, readonly world: PollerWorld) {
    this.#stats = emptyStats(config.url);
    const { hash_key, pacing, nextId } = world;
    const { row_times, columns, shard } = config;
    this.#ids = new SnapshotIds(nextId, shard);
    this.#rules = { ids: this.#ids, hash_key, row_times, columns, pacing, shard };
    this.#secrets = secretsOf(config.url);
  }

  get held(): Held | null {
    return this.#held;
  }

  get circuit(): CircuitState {
    return this.#stats.circuit;
  }

  /** A copy, which later polls do not change. */
  get stats(): PollerStats {
    return copyStats(this.#stats);
  }

  /** Accepts or refuses a polled body, see {@link accept}; `buffers` is where its parts go. */
  accept(arrived: Arrived, buffers: Buffers): Held | typeof UNCHANGED {
    const accepted = accept(arrived, this.#held, this.#doubted, { ...this.#rules, buffers });
    if (accepted === UNCHANGED) return UNCHANGED;
    const { restored, consecutive_failures } = this.#stats;
    const is_gap = restored || consecutive_failures > 0;
    const before = this.#held?.snapshot ?? null;
    return withIntervals(accepted, intervalsAfter(before, accepted.snapshot, is_gap));
  }

  /** A poll of an open circuit begins. */
  halfOpen(): void {
    this.#stats.circuit = "half_open";
  }

  /** Polls have stopped, so earlier failures no longer describe the source. */
  paused(): void {
    countPause(this.#stats);
    this.#doubted = NO_DOUBT;
  }

  /** A poll has succeeded. Its event gets `fields`, such as the durations, as well. */
  succeeded(exchanged: Exchanged, fields: Record<string, unknown>): PollOutcome {
    const { answer, known, next, items } = exchanged;
    countSuccess(this.#stats, next === null, this.world.epoch_ms());
    this.#doubted = NO_DOUBT;
    const row_times = next === null ? undefined : this.#hold(next, answer.times.answered_ms);
    // The answer is about the snapshot that the request named; another may be held by now.
    const is_current = known === this.#held;
    const aged = next === null && is_current ? age(this.#held!, answer.times) : null;
    if (aged !== null) this.#held = aged;
    const { snapshot, bad_samples } = this.#held!;
    const { url: source, rows, bad_rows, uneven_rows, repeated_ids } = this.#stats;
    const of_body = next === null ? {} : {
      bad_rows,
      bad_samples: bad_samples.map((sample) => ({
        ...sample,
        text: redactText(sample.text, this.#secrets),
      })),
      uneven_rows,
      repeated_ids,
      rows_left_out: this.#stats.rows_left_out,
      repeated_columns: this.#stats.repeated_columns,
    };
    return {
      event: "poll.run",
      fields: {
        source,
        status: answer.status,
        ...fields,
        snapshot_id: snapshot.id,
        rows,
        ...of_body,
      },
      stats: this.stats,
      snapshot: next && snapshot,
      origin: next === null ? undefined : originOf(next),
      items,
      not_after_ms: aged?.snapshot.not_after_ms,
      row_times,
    };
  }

  /** A poll has failed; the outcome's `stats.backoff_ms` is the delay before the next one. */
  failed(error: unknown): PollOutcome {
    const failure = this.#describe(error);
    const stats = this.#stats;
    countFailure(stats, failure, this.world.epoch_ms());
    // Failures of other kinds are no evidence for or against a doubt.
    if (failure.doubt !== undefined) this.#doubted = doubtAgain(this.#doubted, failure.doubt);
    else if (failure.cause === "truncated") this.#doubted = cutAgain(this.#doubted);
    const opens = this.#held !== null && stats.consecutive_failures >= CIRCUIT_OPENS_AFTER;
    stats.circuit = opens ? "open" : "closed";
    const { url: source, consecutive_failures } = stats;
    const retry_in_ms = stats.backoff_ms = retryDelay({
      consecutive_failures,
      has_snapshot: this.#held !== null,
      poll_ms: this.config.poll_ms,
      backoff_max_ms: this.config.backoff_max_ms,
      retry_after_ms: failure.retry_after_ms,
    }, this.world.random());
    const { cause, detail, status } = failure;
    const fields = { source, cause, detail, status, retry_in_ms, consecutive_failures };
    return { event: "poll.error", fields, stats: this.stats, snapshot: null, items: null };
  }

  #describe(error: unknown): Failure {
    const failure = describeFailure(error);
    return { ...failure, detail: redactText(failure.detail, this.#secrets) };
  }

  /**
   * Adopts a snapshot that another process accepted, under its own id; the outcome is null if
   * it is held already. The next poll requests only what is newer.
   *
   * @throws {ParseError} if this version or configuration refuses the body; {@link PollError}
   * `older_snapshot`, unless `in_order`
   */
  adopted({ body: bytes, ...saved }: SavedSnapshot, how: Adopted): PollOutcome | null {
    const { snapshot_id, intervals_ms } = saved;
    // If the clock was set back meanwhile, the age grows from now on.
    const not_after_ms = Math.min(saved.not_after_ms, this.world.epoch_ms());
    if (snapshot_id === this.#held?.snapshot.id) {
      return this.#revise(not_after_ms, intervals_ms, how.event);
    }
    const held = withIntervals(this.#parse(bytes, saved, how.in_order), intervals_ms);
    this.#ids.keep(snapshot_id);
    const aged = { ...held, snapshot: agedTo(held.snapshot, not_after_ms) };
    const row_times = this.#hold(aged, this.world.epoch_ms());
    this.#stats.restored = how.event === "snapshot.restored";
    this.#doubted = NO_DOUBT;
    const { snapshot } = this.#held!;
    const items = this.world.prepare?.(snapshot) ?? null;
    return { ...this.#outcomeOf(how.event), snapshot, origin: originOf(held), items, row_times };
  }

  #parse(
    bytes: Uint8Array,
    { snapshot_id, etag, times }: Omit<SavedSnapshot, "body">,
    in_order: boolean,
  ): Held {
    const buffers = new LentBuffers(this.world.buffers ?? FRESH_BUFFERS);
    // Without a snapshot, there are no answers that pauses would keep quick.
    const pacing = this.#held === null ? NO_PACING : this.world.pacing ?? NO_PACING;
    const { id_columns, shard, limits } = this.config;
    const options = { id_columns, shard, limits, buffers };
    const parser = new CsvParser(options, { body_bytes: bytes.length });
    try {
      pacing.start();
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
        parser.push(bytes.subarray(at, at + CHUNK_BYTES));
        pacing.pause();
      }
      const may_be_empty = true; // A shard without rows was saved, too.
      const body = parser.finish(may_be_empty);
      const arrived = { body, etag, times, end_known: true, may_be_empty };
      const rules = { ...this.#rules, doubted: in_order ? null : this.#doubted, buffers };
      const held = adopt(arrived, snapshot_id, this.#held, rules.doubted, rules);
      buffers.giveAll(buffersOf(held.snapshot, null));
      return held;
    } catch (error) {
      buffers.giveAll();
      if (error instanceof DoubtError) this.#doubted = doubtAgain(this.#doubted, error.doubt);
      throw error;
    }
  }

  /**
   * This machine's clock was set back, so the current snapshot was received that much earlier. The
   * outcome is null if its age does not depend on that.
   */
  clockSetBack(by_ms: number): PollOutcome | null {
    this.#received_ms -= by_ms;
    if (this.#held === null) return null;
    const { intervals_ms } = this.#held.snapshot;
    return this.#revise(this.#received_ms, intervals_ms, "snapshot.aged");
  }

  /** Takes over what is known of the current snapshot; null without a change. */
  #revise(
    not_after_ms: number,
    intervals_ms: readonly number[],
    event: PollOutcome["event"],
  ): PollOutcome | null {
    const held = this.#held!;
    const before = held.snapshot;
    const is_older = not_after_ms < before.not_after_ms;
    if (!is_older && String(intervals_ms) === String(before.intervals_ms)) return null;
    const snapshot = is_older ? agedTo(before, not_after_ms) : before;
    this.#held = withIntervals({ ...held, snapshot }, intervals_ms);
    const revised = { not_after_ms: snapshot.not_after_ms, intervals_ms };
    return { ...this.#outcomeOf(event), snapshot: null, items: null, ...revised };
  }

  #outcomeOf(event: PollOutcome["event"]) {
    const { snapshot } = this.#held!;
    const { url: source, rows } = this.#stats;
    const age_ms = this.world.epoch_ms() - snapshot.taken_ms;
    return { event, fields: { source, snapshot_id: snapshot.id, rows, age_ms }, stats: this.stats };
  }

  /** The current snapshot with a copy of its body, or null. */
  save(): SavedSnapshot | null {
    if (this.#held === null) return null;
    return savedSnapshot(this.#held.snapshot, this.#held);
  }

  /** Replaces the current snapshot. Returns {@link PollOutcome.row_times}. */
  #hold(next: Held, received_ms: number): PollOutcome["row_times"] {
    const before = this.#stats.row_times;
    this.#held = next;
    this.#received_ms = received_ms;
    describeHeld(this.#stats, next, this.#secrets);
    const { url: source, row_times } = this.#stats;
    return isReadAs(before, row_times) ? undefined : { source, ...row_times };
  }
}

function withIntervals(held: Held, intervals_ms: readonly number[]): Held {
  return { ...held, snapshot: { ...held.snapshot, intervals_ms } };
}

function originOf({ etag, times }: Held): Origin {
  return { etag, times };
}
