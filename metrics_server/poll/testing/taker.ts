/** Passes bodies to accept(), without a poller. */
import { assert, assertThrows } from "@std/assert";
import { parseBody } from "../../testing/bodies.ts";
import { AUTO_TIMES, Snapshot } from "../../snapshot/mod.ts";
import { accept, type AcceptRules, type Arrived, type Held, UNCHANGED } from "../accept.ts";
import { SnapshotIds } from "../snapshot_ids.ts";
import type { AnswerTimes } from "../data_time.ts";
import { doubtAgain, type Doubted, NO_DOUBT } from "../doubt.ts";
import { DoubtError, PollError } from "../poll_error.ts";

export const HASH_KEY = { low: 1, high: 2 };
export const NOW_MS = 1_700_000_000_000;
export const CSV = "switch_id,m\nsw-0,1\nsw-1,2\n";

/** An answer's head: its times, and the rest of {@link Arrived}. */
type Head = Partial<Arrived & AnswerTimes>;

/** A whole body, fetched at {@link NOW_MS} in no time. */
export function arrived(csv: string, head: Head = {}): Arrived {
  return { body: parseBody(csv), etag: null, end_known: true, times: timesOf(head), ...head };
}

/** Times of an answer to a request at {@link NOW_MS} that reports no others than these. */
export function timesOf(times: Partial<AnswerTimes> = {}): AnswerTimes {
  const { answered_ms = NOW_MS, requested_ms = answered_ms } = times;
  const none = { snapshot_ts: NaN, data_age_ms: NaN, cache_age_ms: NaN, date_ms: NaN };
  return { ...none, ...times, requested_ms, answered_ms };
}

export function rulesOf(nextId = () => "own"): AcceptRules {
  return { ids: new SnapshotIds(nextId), hash_key: HASH_KEY, row_times: AUTO_TIMES };
}

/** Keeps the state that the poller keeps between bodies. */
export class Taker {
  held: Held | null = null;
  doubted: Doubted = NO_DOUBT;
  #n = 0;
  readonly #rules = rulesOf(() => `own-${++this.#n}`);

  take(csv: string, rest: Head = {}): Held | typeof UNCHANGED {
    const accepted = accept(arrived(csv, rest), this.held, this.doubted, this.#rules);
    if (accepted !== UNCHANGED) this.held = accepted;
    this.doubted = NO_DOUBT;
    return accepted;
  }

  /** Expects a refusal; returns its cause. */
  refuses(csv: string, rest: Head = {}): string {
    const before = this.held;
    const error = assertThrows(() => this.take(csv, rest), PollError);
    assert(this.held === before);
    if (error instanceof DoubtError) this.doubted = doubtAgain(this.doubted, error.doubt);
    return error.cause_word;
  }

  get id() {
    return this.held?.snapshot.id;
  }

  read(switch_id: string, metric = "m"): string {
    const snapshot = new Snapshot(this.held!.snapshot);
    return snapshot.read(snapshot.row(switch_id), snapshot.column(metric)).token;
  }
}
