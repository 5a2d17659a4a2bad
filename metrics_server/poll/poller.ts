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
import { CsvParser, FRESH_BUFFERS, LentBuffers } from "../parse/mod.ts";
import { buffersOf } from "../snapshot/mod.ts";
import { type Held, UNCHANGED } from "./accept.ts";
import { hintsFrom } from "./parse_hints.ts";
import type { PollerStats } from "./poller_stats.ts";
import type {
  Adopted,
  PollerConfig,
  PollerWorld,
  PollOutcome,
  PreparedItems,
  SavedSnapshot,
} from "./poller_world.ts";
import type { ReadAnswer } from "./source_reader.ts";
import { type Exchanged, SourceState } from "./source_state.ts";

interface Timing {
  readonly started_ms: number;
  parse_ms: number;
  apply_ms: number;
}

/** Poller of one source. `report` receives the outcome of every poll. */
export class Poller {
  readonly #state: SourceState;
  #is_polling = false;
  /** Whether polls are due: false before {@link start} and while paused. */
  #runs = false;
  #stopped = false;
  #cancelNext: (() => void) | null = null;

  constructor(
    readonly config: PollerConfig,
    readonly world: PollerWorld,
    readonly report: (outcome: PollOutcome) => void,
  ) {
    this.#state = new SourceState(config, world);
  }

  /** Polls now, then repeatedly until {@link pause} or {@link stop}. */
  start(): void {
    if (this.#runs || this.#stopped) return;
    this.#runs = true;
    // A poll that was in progress at a pause goes on as the first one.
    if (!this.#is_polling) this.#poll();
  }

  /** Polls no more until {@link start}; one in progress ends unreported. */
  pause(): void {
    if (!this.#runs) return;
    this.#runs = false;
    this.#cancelNext?.();
    this.#state.paused();
  }

  /** Starts no more polls; one in progress ends unreported. */
  stop(): void {
    this.#stopped = true;
    this.#runs = false;
    this.#cancelNext?.();
  }

  /**
   * Reports a snapshot that another process accepted, under its own id; without effect if it is
   * held already. The next poll requests only what is newer.
   *
   * @throws {ParseError} if this version or configuration refuses the body; {@link PollError}
   * `older_snapshot`, unless `how.in_order`
   */
  adopt(saved: SavedSnapshot, how: Adopted): void {
    if (this.#stopped) return;
    const outcome = this.#state.adopted(saved, how);
    if (outcome !== null) this.report(outcome);
  }

  /** The wall clock was set back by that much: reports the current snapshot's age anew. */
  clockSetBack(by_ms: number): void {
    if (this.#stopped) return;
    const outcome = this.#state.clockSetBack(by_ms);
    if (outcome !== null) this.report(outcome);
  }

  /** The current snapshot with a copy of its body, or null. */
  save(): SavedSnapshot | null {
    return this.#state.save();
  }

  get stats(): PollerStats {
    return this.#state.stats;
  }

  async #poll(): Promise<void> {
    this.#is_polling = true;
    const delay_ms = await this.#pollOnce();
    this.#is_polling = false;
    if (this.#runs) this.#cancelNext = this.world.later(delay_ms, () => this.#poll());
  }

  /** One poll. Never rejects; resolves with the delay before the next one. */
  async #pollOnce(): Promise<number> {
    const state = this.#state;
    const room = this.world.room?.() ?? null;
    if (room !== null) {
      await room;
      if (!this.#runs) return 0;
    }
    const timing = { started_ms: this.world.monotonic_ms(), parse_ms: 0, apply_ms: 0 };
    if (state.circuit === "open") {
      state.halfOpen();
      this.world.reportStats?.(state.stats);
    }
    const retries = state.stats.consecutive_failures;
    let outcome: PollOutcome;
    let delay_ms: number;
    try {
      const exchanged = await this.#exchange(timing);
      delay_ms = this.#delayToNextSlot(timing);
      if (!this.#runs) return delay_ms;
      outcome = state.succeeded(exchanged, { ...this.#timesOf(timing), retries });
    } catch (error) {
      if (!this.#runs) return 0;
      outcome = state.failed(error);
      delay_ms = outcome.stats.backoff_ms;
    }
    this.report(outcome);
    return delay_ms;
  }

  async #exchange(timing: Timing): Promise<Exchanged> {
    const { url, timeout_ms, bytes_max, id_columns, shard, limits } = this.config;
    const buffers = new LentBuffers(this.world.buffers ?? FRESH_BUFFERS);
    const known = this.#state.held;
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
        { url, etag: known?.etag ?? null, timeout_ms, bytes_max },
        (content_length) => {
          const options = { id_columns, shard, limits, buffers };
          const sink = parser = new CsvParser(options, hintsFrom(known, content_length, shard));
          return { push: (chunk) => timed("parse_ms", () => sink.push(chunk)) };
        },
      );
      if (answer.status === 304) return { answer, known, next, items };
      const body = timed("parse_ms", () => parser!.finish(answer.may_be_empty));
      this.world.parsed?.();
      timed("apply_ms", () => {
        if (!this.#runs || this.#isOvertaken(answer, known)) return;
        const accepted = this.#state.accept({ body, ...answer }, buffers);
        if (accepted === UNCHANGED) return;
        items = this.world.prepare?.(accepted.snapshot) ?? null;
        next = accepted;
      });
      return { answer, known, next, items };
    } finally {
      // A refused body, and what a snapshot does not use of an accepted one.
      buffers.giveAll(next === null ? undefined : buffersOf((next as Held).snapshot, items));
    }
  }

  /** Whether a snapshot newer than this answer was adopted meanwhile. */
  #isOvertaken({ times }: ReadAnswer, known: Held | null): boolean {
    const { held } = this.#state;
    return held !== known && times.answered_ms < held!.times.answered_ms;
  }

  /** Time to the next multiple of `poll_ms` after the start: a slow exchange skips slots. */
  #delayToNextSlot(timing: Timing): number {
    const { poll_ms } = this.config;
    return poll_ms - (this.world.monotonic_ms() - timing.started_ms) % poll_ms;
  }

  #timesOf({ started_ms, parse_ms, apply_ms }: Timing): Record<string, number> {
    const cycle_ms = this.world.monotonic_ms() - started_ms;
    return {
      fetch_ms: round(cycle_ms - parse_ms - apply_ms),
      parse_ms: round(parse_ms),
      apply_ms: round(apply_ms),
      cycle_ms: round(cycle_ms),
    };
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
