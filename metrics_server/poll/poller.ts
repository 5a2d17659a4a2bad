/**
 * Polls one source for ever: one exchange at a time, on a fixed beat while it goes well, with backoff
 * and a circuit breaker while it does not. What was held stays until something better came.
 *
 * The circuit: `closed` → `open` after {@link CIRCUIT_OPENS_AFTER} failures in a row → `half_open`
 * during each poll from then on → `closed` where that poll goes well, else `open` again. The state is
 * told when it changes, the counters after each poll; one under way is in none of them. Without a snapshot there is nothing to spare: the circuit stays closed, retries come quickly.
 */
import type { CircuitState } from "../../contracts/mod.ts";
import { type Buffers, CsvParser, type ParseHints } from "../parse/mod.ts";
import type { HashKey, SnapshotData } from "../snapshot/mod.ts";
import { accept, type Held, UNCHANGED } from "./accept.ts";
import { CIRCUIT_OPENS_AFTER, retryDelay } from "./backoff.ts";
import { doubtAgain, type Doubted, NO_DOUBT } from "./doubt.ts";
import type { GiveWay } from "./give_way.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { emptyStats, type PollerStats } from "./poller_stats.ts";
import { type NextId, SnapshotIds } from "./snapshot_ids.ts";
import type { ReadAnswer, SourceReader } from "./source_reader.ts";

/** How one source is polled. */
export interface PollerConfig {
  readonly url: string;
  readonly poll_ms: number;
  readonly timeout_ms: number;
  readonly backoff_max_ms: number;
  readonly bytes_max: number;
  readonly id_columns: readonly string[];
}

/** The world, as the poller sees it. */
export interface PollerWorld {
  readonly read: SourceReader;
  epoch_ms(): number;
  monotonic_ms(): number;
  random(): number;
  /** Calls back once, later; the function returned calls it off. */
  later(delay_ms: number, run: () => void): () => void;
  readonly nextId: NextId;
  /** Drawn at random: sources must not know it. */
  readonly hash_key: HashKey;
  /** Memory for bodies; what was not accepted is handed back. */
  readonly buffers?: Buffers;
  /** Paused for within the work on a large body; not at all where it is missing. */
  readonly way?: GiveWay;
  /** Told of each body that was parsed to its end and is about to be judged. */
  parsed?(): void;
  /** Told where stats change before a poll is over: when a trial begins. */
  tell?(stats: PollerStats): void;
  /** Prepares what is served from a new snapshot; its time counts as `apply_ms`. */
  prepare?(snapshot: SnapshotData): void;
}

/** What one poll came to: the fields of a `poll.run` or `poll.error` event. */
export interface PollOutcome {
  readonly event: "poll.run" | "poll.error";
  readonly fields: Record<string, unknown>;
  readonly stats: PollerStats;
  /** A new snapshot, or null where what was held stays. */
  readonly snapshot: SnapshotData | null;
}

/** An exchange that went well; `next` is null where what is held is still the newest. */
interface Exchanged {
  readonly answer: ReadAnswer;
  readonly next: Held | null;
}

interface Timing {
  readonly started_ms: number;
  parse_ms: number;
  apply_ms: number;
}

/** Poller of one source. `report` gets the outcome of every poll. */
export class Poller {
  #held: Held | null = null;
  #doubted: Doubted = NO_DOUBT;
  #circuit: CircuitState = "closed";
  #callOff: (() => void) | null = null;
  #stopped = false;
  readonly #stats: PollerStats;
  readonly #ids: SnapshotIds;

  constructor(
    readonly config: PollerConfig,
    readonly world: PollerWorld,
    readonly report: (outcome: PollOutcome) => void,
  ) {
    this.#stats = emptyStats(config.url);
    this.#ids = new SnapshotIds(world.nextId);
  }

  /** The snapshot held, or null. */
  get snapshot(): SnapshotData | null {
    return this.#held?.snapshot ?? null;
  }

  /** State of the circuit right now. */
  get circuit(): CircuitState {
    return this.#circuit;
  }

  /** Polls now, and again and again until {@link stop}. */
  start(): void {
    this.pollOnce().then((delay_ms) => {
      if (!this.#stopped) this.#callOff = this.world.later(delay_ms, () => this.start());
    });
  }

  /** No poll starts any more; one under way ends unheard. */
  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
  }

  /** One poll. Never rejects; gives the delay before the next one. */
  async pollOnce(): Promise<number> {
    const timing = { started_ms: this.world.monotonic_ms(), parse_ms: 0, apply_ms: 0 };
    if (this.#circuit === "open") this.#tryAgain();
    let outcome: PollOutcome;
    let delay_ms: number;
    try {
      const exchanged = await this.#exchange(timing);
      delay_ms = this.#beat(timing);
      outcome = this.#succeed(exchanged, timing);
    } catch (error) {
      const failure = describeFailure(error);
      delay_ms = this.#fail(failure);
      outcome = this.#failed(failure, delay_ms);
    }
    if (!this.#stopped) this.report(outcome);
    return delay_ms;
  }

  #tryAgain(): void {
    this.#circuit = this.#stats.circuit = "half_open";
    this.world.tell?.(this.#statsNow());
  }

  async #exchange(timing: Timing): Promise<Exchanged> {
    const { url, timeout_ms, bytes_max, id_columns } = this.config;
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
    try {
      const answer = await this.world.read(
        { url, etag: held?.etag ?? null, timeout_ms, bytes_max },
        (content_length) => {
          const options = { id_columns, buffers: this.world.buffers };
          const sink = parser = new CsvParser(options, hintsFrom(held, content_length));
          return { push: (piece) => timed("parse_ms", () => sink.push(piece)) };
        },
      );
      if (answer.status === 304) return { answer, next };
      const body = timed("parse_ms", () => parser!.finish());
      this.world.parsed?.();
      next = timed("apply_ms", () => {
        const arrived = { body, ...answer, fetched_ms: this.world.epoch_ms() };
        const { hash_key, way } = this.world;
        const accepted = accept(arrived, held, this.#doubted, this.#ids, hash_key, way);
        if (accepted === UNCHANGED) return null;
        this.world.prepare?.(accepted.snapshot);
        return accepted;
      });
      return { answer, next };
    } finally {
      if (next === null) (parser as CsvParser | null)?.discard();
    }
  }

  /** The next slot of the beat: a slow exchange skips slots, it does not queue them. */
  #beat(timing: Timing): number {
    const { poll_ms } = this.config;
    return poll_ms - (this.world.monotonic_ms() - timing.started_ms) % poll_ms;
  }

  #succeed({ answer, next }: Exchanged, timing: Timing): PollOutcome {
    const stats = this.#stats;
    const retries = stats.consecutive_failures;
    stats.polls++;
    stats.successes++;
    if (next === null) stats.not_modified++;
    stats.consecutive_failures = 0;
    stats.backoff_ms = 0;
    stats.last_success = new Date(this.world.epoch_ms()).toISOString();
    this.#circuit = stats.circuit = "closed";
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
    if (next !== null) this.#hold(next);
    const snapshot = this.#held!.snapshot;
    fields.snapshot_id = snapshot.id;
    fields.rows = snapshot.table.rows;
    if (next !== null) {
      const { bad_rows, repeated_ids } = snapshot;
      Object.assign(fields, { bad_rows, bad_samples: next.bad_samples, repeated_ids });
    }
    return { event: "poll.run", fields, stats: this.#statsNow(), snapshot: next && snapshot };
  }

  #statsNow(): PollerStats {
    return { ...this.#stats, failures_by_cause: { ...this.#stats.failures_by_cause } };
  }

  #hold(next: Held): void {
    this.#held = next;
    this.#stats.snapshot_id = next.snapshot.id;
    this.#stats.rows = next.snapshot.table.rows;
    this.#stats.bad_rows = next.snapshot.bad_rows;
    this.#stats.repeated_ids = next.snapshot.repeated_ids;
  }

  #fail(failure: Failure): number {
    const stats = this.#stats;
    stats.polls++;
    stats.failures++;
    stats.consecutive_failures++;
    stats.failures_by_cause[failure.cause] = (stats.failures_by_cause[failure.cause] ?? 0) + 1;
    // A failure of another kind says nothing about what was doubted.
    if (failure.doubt !== undefined) this.#doubted = doubtAgain(this.#doubted, failure.doubt);
    const opens = this.#held !== null && stats.consecutive_failures >= CIRCUIT_OPENS_AFTER;
    this.#circuit = opens ? "open" : "closed";
    stats.circuit = this.#circuit;
    stats.backoff_ms = retryDelay({
      consecutive_failures: stats.consecutive_failures,
      has_snapshot: this.#held !== null,
      poll_ms: this.config.poll_ms,
      backoff_max_ms: this.config.backoff_max_ms,
      retry_after_ms: failure.retry_after_ms,
    }, this.world.random());
    return stats.backoff_ms;
  }

  #failed(failure: Failure, retry_in_ms: number): PollOutcome {
    const at = new Date(this.world.epoch_ms()).toISOString();
    this.#stats.last_error = { cause: failure.cause, detail: failure.detail, at };
    return {
      event: "poll.error",
      fields: {
        source: this.#stats.url,
        cause: failure.cause,
        detail: failure.detail,
        status: failure.status,
        retry_in_ms,
        consecutive_failures: this.#stats.consecutive_failures,
      },
      stats: this.#statsNow(),
      snapshot: null,
    };
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The next body is likely as long as the last one. */
function hintsFrom(held: Held | null, content_length: number): ParseHints {
  if (held === null) return { body_bytes: content_length };
  const { length, rows, columns } = held.snapshot.table;
  return { body_bytes: content_length || length, cells: rows * (columns + 1) };
}
