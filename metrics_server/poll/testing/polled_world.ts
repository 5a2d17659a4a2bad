/** A poller in a world whose time passes only in exchanges and delays. */
import { assertEquals } from "@std/assert";
import { bytesOf } from "../../testing/bodies.ts";
import type { Buffers } from "../../parse/mod.ts";
import { AUTO_TIMES } from "../../snapshot/mod.ts";
import { PollError } from "../poll_error.ts";
import { Poller } from "../poller.ts";
import type { PollerStats } from "../poller_stats.ts";
import type { PollOutcome } from "../poller_world.ts";
import type { ReadAnswer, ReadRequest } from "../source_reader.ts";
import { NOW_MS, timesOf } from "./taker.ts";

const CONFIG = {
  url: "http://user:secret@source/counters",
  poll_ms: 1500,
  timeout_ms: 2000,
  backoff_max_ms: 5000,
  bytes_max: 1_000_000,
  id_columns: [],
  row_times: AUTO_TIMES,
};

/** The source's behaviour at a poll: a body, a 304 or an error, after some time. */
export interface Step {
  readonly csv?: string;
  readonly etag?: string;
  readonly error?: Error;
  /** Whether the answer announces the end of its body; true by default. */
  readonly end_known?: boolean;
  readonly takes_ms?: number;
}

/** A poller whose time passes only in exchanges and delays. */
export class PolledWorld {
  now_ms = 0;
  random = 0.5;
  readonly requests: { at_ms: number; etag: string | null }[] = [];
  readonly outcomes: PollOutcome[] = [];
  readonly reported: PollerStats[] = [];
  readonly poller: Poller;
  in_progress = 0;
  #due: { at_ms: number; run: () => void } | null = null;

  constructor(readonly step: (poll: number) => Step, buffers?: Buffers) {
    this.poller = new Poller(CONFIG, {
      read: (request, openSink) => this.#read(request, openSink),
      epoch_ms: () => NOW_MS + this.now_ms,
      monotonic_ms: () => this.now_ms,
      random: () => this.random,
      later: (delay_ms, run) => {
        this.#due = { at_ms: this.now_ms + delay_ms, run };
        return () => this.#due = null;
      },
      nextId: () => "own-1",
      hash_key: { low: 1, high: 2 },
      buffers,
      reportStats: (stats) => this.reported.push(stats),
    }, (outcome) => this.outcomes.push(outcome));
  }

  /** Runs the poller until `count` polls have ended; false if no poll is due. */
  async runPolls(count: number): Promise<boolean> {
    if (this.requests.length === 0) this.poller.start();
    while (this.outcomes.length < count) {
      for (let turns = 0; turns < 50 && this.#due === null; turns++) await Promise.resolve();
      if (this.outcomes.length >= count) break;
      if (this.#due === null) return false;
      const { at_ms, run } = this.#due;
      this.#due = null;
      this.now_ms = at_ms;
      run();
    }
    return true;
  }

  get stats() {
    return this.outcomes.at(-1)!.stats;
  }

  async #read(
    request: ReadRequest,
    openSink: (length: number) => { push(piece: Uint8Array): void },
  ): Promise<ReadAnswer> {
    const { csv, etag = null, error, takes_ms = 10, end_known = true } = this.step(
      this.requests.length,
    );
    this.requests.push({ at_ms: this.now_ms, etag: request.etag });
    assertEquals(++this.in_progress, 1);
    await Promise.resolve();
    this.now_ms += takes_ms;
    this.in_progress--;
    if (csv !== undefined) openSink(csv.length).push(bytesOf(csv));
    if (error !== undefined) throw error;
    const status = csv === undefined ? 304 : 200;
    return { status, etag, times: timesOf({ answered_ms: NOW_MS + this.now_ms }), end_known };
  }
}

export const sample = (n: number): Step => ({
  csv: `switch_id,m\nsw-0,${n}\n`,
  etag: `"boot-${n}"`,
});
export const refused: Step = { error: new PollError("refused", "connection refused") };
