/**
 * Polls one source, one exchange at a time: at a fixed interval while polls succeed, with backoff
 * and a circuit breaker while they fail. A failed poll keeps the current snapshot.
 *
 *     closed ──5 failures in a row──> open ──each next poll──> half_open ──success──> closed
 *                                       ^───────failure──────────┘
 *
 * Before the first snapshot the circuit stays closed and retries are quick: there is no data to
 * serve. Counters change when a poll ends; the circuit's state is also reported when a half-open
 * poll begins.
 */
import type { CircuitState } from "../../contracts/mod.ts";
import { redactText, secretsOf } from "../../platform/mod.ts";
import { CsvParser } from "../parse/mod.ts";
import { agedTo } from "../snapshot/mod.ts";
import { accept, type AcceptRules, age, type Held, UNCHANGED } from "./accept.ts";
import { CIRCUIT_OPENS_AFTER, retryDelay } from "./backoff.ts";
import { cutAgain, doubtAgain, type Doubted, NO_DOUBT } from "./doubt.ts";
import { hintsFrom } from "./parse_hints.ts";
import { describeFailure, type Failure } from "./poll_error.ts";
import {
  copyStats,
  countFailure,
  countSuccess,
  describeHeld,
  emptyStats,
  isReadAs,
  type PollerStats,
} from "./poller_stats.ts";
import type {
  PollerConfig,
  PollerWorld,
  PollOutcome,
  PreparedItems,
  SavedSnapshot,
} from "./poller_world.ts";
import { SnapshotIds } from "./snapshot_ids.ts";
import type { ReadAnswer } from "./source_reader.ts";

/** A successful exchange; `next` is null if the current snapshot is still the newest. */
interface Exchanged {
  readonly answer: ReadAnswer;
  readonly next: Held | null;
  readonly items: PreparedItems;
}

interface Timing {
  readonly started_ms: number;
  parse_ms: number;
  apply_ms: number;
}

/** Poller of one source. `report` receives the outcome of every poll. */
export class Poller {
  #held: Held | null = null;
  #doubted: Doubted = NO_DOUBT;
  #cancelNext: (() => void) | null = null;
  #stopped = false;
  readonly #stats: PollerStats;
  readonly #ids: SnapshotIds;
  readonly #rules: AcceptRules;
  /** Credentials of the source, which its answers and error messages may repeat. */
  readonly #secrets: readonly string[];

  constructor(
    readonly config: PollerConfig,
    readonly world: PollerWorld,
    readonly report: (outcome: PollOutcome) => void,
  ) {
    this.#stats = emptyStats(config.url);
    const { hash_key, pacing, nextId } = world;
    const { row_times, shard } = config;
    this.#ids = new SnapshotIds(nextId, shard);
    this.#rules = { ids: this.#ids, hash_key, row_times, pacing, shard };
    this.#secrets = secretsOf(config.url);
  }

  get circuit(): CircuitState {
    return this.#stats.circuit;
  }

  /** Polls now, then repeatedly until {@link stop}. */
  start(): void {
    this.#pollOnce().then((delay_ms) => {
      if (!this.#stopped) this.#cancelNext = this.world.later(delay_ms, () => this.start());
    });
  }

  /** Starts no more polls; one in progress ends unreported. */
  stop(): void {
    this.#stopped = true;
    this.#cancelNext?.();
  }

  /**
   * Reports a saved snapshot, accepted as if it had just been polled, under its own id. The first
   * poll then requests only what is newer. Without effect once a poll has delivered.
   *
   * @throws {ParseError | PollError} if this version or configuration refuses the body.
   */
  restore({ body: bytes, snapshot_id, etag, times, not_after_ms }: SavedSnapshot): void {
    if (this.#held !== null || this.#stopped) return;
    const { id_columns, shard } = this.config;
    const parser = new CsvParser({ id_columns, shard, buffers: this.world.buffers }, {
      body_bytes: bytes.length,
    });
    let held: Held;
    try {
      parser.push(bytes);
      // A shard without rows was saved, too.
      const may_be_empty = true;
      const body = parser.finish(may_be_empty);
      const arrived = { body, etag, times, end_known: true, may_be_empty };
      const rules = { ...this.#rules, ids: { take: () => snapshot_id } };
      const accepted = accept(arrived, null, NO_DOUBT, rules) as Held;
      // If the clock was set back meanwhile, the age grows from now on.
      const limit_ms = Math.min(not_after_ms, this.world.epoch_ms());
      held = { ...accepted, snapshot: agedTo(accepted.snapshot, limit_ms) };
    } catch (error) {
      parser.discard();
      throw error;
    }
    this.#ids.keep(snapshot_id);
    const row_times = this.#hold(held);
    this.#stats.restored = true;
    const { snapshot } = held;
    const stats = copyStats(this.#stats);
    const age_ms = this.world.epoch_ms() - snapshot.taken_ms;
    const fields = { source: stats.url, snapshot_id, rows: stats.rows, age_ms };
    const items = this.world.prepare?.(snapshot) ?? null;
    this.report({ event: "snapshot.restored", fields, stats, snapshot, items, row_times });
  }

  /** The current snapshot with a copy of its body, or null. */
  save(): SavedSnapshot | null {
    if (this.#held === null) return null;
    const { snapshot, etag, times } = this.#held;
    const { bytes, length } = snapshot.table;
    return {
      snapshot_id: snapshot.id,
      etag,
      times,
      not_after_ms: snapshot.not_after_ms,
      body: new Uint8Array(bytes.subarray(0, length)),
    };
  }

  /** One poll. Never rejects; resolves with the delay before the next one. */
  async #pollOnce(): Promise<number> {
    const timing = { started_ms: this.world.monotonic_ms(), parse_ms: 0, apply_ms: 0 };
    if (this.circuit === "open") {
      this.#stats.circuit = "half_open";
      this.world.reportStats?.(copyStats(this.#stats));
    }
    let outcome: PollOutcome;
    let delay_ms: number;
    try {
      const exchanged = await this.#exchange(timing);
      delay_ms = this.#delayToNextSlot(timing);
      outcome = this.#succeed(exchanged, timing);
    } catch (error) {
      const described = describeFailure(error);
      const failure = { ...described, detail: redactText(described.detail, this.#secrets) };
      delay_ms = this.#fail(failure);
      outcome = this.#describe(failure, delay_ms);
    }
    if (!this.#stopped) this.report(outcome);
    return delay_ms;
  }

  async #exchange(timing: Timing): Promise<Exchanged> {
    const { url, timeout_ms, bytes_max, id_columns, shard } = this.config;
    const held = this.#held;
    let parser: CsvParser | null = null;
    const timed = <T>(key: "parse_ms" | "apply_ms", step: () => T): T => {
      const from_ms = this.world.monotonic_ms();
      try {
        return step();
      } finally {
        timing[key] += this.world.monotonic_ms() - from_ms;
      }
    };
    let next: Held | null = null;
    let items: PreparedItems = null;
    try {
      const answer = await this.world.read(
        { url, etag: held?.etag ?? null, timeout_ms, bytes_max },
        (content_length) => {
          const options = { id_columns, shard, buffers: this.world.buffers };
          const sink = parser = new CsvParser(options, hintsFrom(held, content_length, shard));
          return { push: (chunk) => timed("parse_ms", () => sink.push(chunk)) };
        },
      );
      if (answer.status === 304) return { answer, next, items };
      const body = timed("parse_ms", () => parser!.finish(answer.may_be_empty));
      this.world.parsed?.();
      timed("apply_ms", () => {
        // A snapshot may have been restored since the request.
        const accepted = accept({ body, ...answer }, this.#held, this.#doubted, this.#rules);
        if (accepted === UNCHANGED) return;
        items = this.world.prepare?.(accepted.snapshot) ?? null;
        next = accepted;
      });
      return { answer, next, items };
    } finally {
      if (next === null) (parser as CsvParser | null)?.discard();
    }
  }

  /** Time to the next multiple of `poll_ms` after the start: a slow exchange skips slots. */
  #delayToNextSlot(timing: Timing): number {
    const { poll_ms } = this.config;
    return poll_ms - (this.world.monotonic_ms() - timing.started_ms) % poll_ms;
  }

  #succeed({ answer, next, items }: Exchanged, timing: Timing): PollOutcome {
    const stats = this.#stats;
    const retries = stats.consecutive_failures;
    countSuccess(stats, next === null, this.world.epoch_ms());
    this.#doubted = NO_DOUBT;
    const cycle_ms = this.world.monotonic_ms() - timing.started_ms;
    const fields: Record<string, unknown> = {
      source: stats.url,
      status: answer.status,
      fetch_ms: round(cycle_ms - timing.parse_ms - timing.apply_ms),
      parse_ms: round(timing.parse_ms),
      apply_ms: round(timing.apply_ms),
      cycle_ms: round(cycle_ms),
      retries,
    };
    const row_times = next === null ? undefined : this.#hold(next);
    const aged = next === null ? age(this.#held!, answer.times) : null;
    if (aged !== null) this.#held = aged;
    const snapshot = this.#held!.snapshot;
    fields.snapshot_id = snapshot.id;
    fields.rows = snapshot.table.rows;
    if (next !== null) {
      const { bad_rows, uneven_rows, repeated_ids, repeated_columns, rows_left_out } = this.#stats;
      const bad_samples = next.bad_samples.map((sample) => ({
        ...sample,
        text: redactText(sample.text, this.#secrets),
      }));
      const rows = { bad_rows, bad_samples, uneven_rows, repeated_ids, rows_left_out };
      Object.assign(fields, { ...rows, repeated_columns });
    }
    const stats_now = copyStats(this.#stats);
    return {
      event: "poll.run",
      fields,
      stats: stats_now,
      snapshot: next && snapshot,
      items,
      not_after_ms: aged?.snapshot.not_after_ms,
      row_times,
    };
  }

  /** Replaces the current snapshot. Returns {@link PollOutcome.row_times}. */
  #hold(next: Held): PollOutcome["row_times"] {
    const before = this.#stats.row_times;
    this.#held = next;
    describeHeld(this.#stats, next, this.#secrets);
    const { url: source, row_times } = this.#stats;
    return isReadAs(before, row_times) ? undefined : { source, ...row_times };
  }

  #fail(failure: Failure): number {
    const stats = this.#stats;
    countFailure(stats, failure, this.world.epoch_ms());
    // Failures of other kinds are no evidence for or against a doubt.
    if (failure.doubt !== undefined) this.#doubted = doubtAgain(this.#doubted, failure.doubt);
    else if (failure.cause === "truncated") this.#doubted = cutAgain(this.#doubted);
    const opens = this.#held !== null && stats.consecutive_failures >= CIRCUIT_OPENS_AFTER;
    stats.circuit = opens ? "open" : "closed";
    stats.backoff_ms = retryDelay({
      consecutive_failures: stats.consecutive_failures,
      has_snapshot: this.#held !== null,
      poll_ms: this.config.poll_ms,
      backoff_max_ms: this.config.backoff_max_ms,
      retry_after_ms: failure.retry_after_ms,
    }, this.world.random());
    return stats.backoff_ms;
  }

  #describe({ cause, detail, status }: Failure, retry_in_ms: number): PollOutcome {
    const { url: source, consecutive_failures } = this.#stats;
    const fields = { source, cause, detail, status, retry_in_ms, consecutive_failures };
    const stats = copyStats(this.#stats);
    return { event: "poll.error", fields, stats, snapshot: null, items: null };
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
