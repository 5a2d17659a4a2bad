/** Passes bodies to accept(), without a poller. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseBody } from "../../testing/bodies.ts";
import { Snapshot } from "../../snapshot/mod.ts";
import { accept, type Arrived, type Held, SnapshotIds, UNCHANGED } from "../accept.ts";
import { doubtAgain, type Doubted, NO_DOUBT } from "../doubt.ts";
import { DoubtError, PollError } from "../poll_error.ts";

export const HASH_KEY = { low: 1, high: 2 };
export const NOW_MS = 1_700_000_000_000;
export const CSV = "switch_id,m\nsw-0,1\nsw-1,2\n";

/** A whole body, fetched at {@link NOW_MS}. */
export function arrived(csv: string, rest: Partial<Arrived> = {}): Arrived {
  return {
    body: parseBody(csv),
    etag: null,
    snapshot_ts: NaN,
    end_known: true,
    fetched_ms: NOW_MS,
    ...rest,
  };
}

/** Keeps the state that the poller keeps between bodies. */
export class Taker {
  held: Held | null = null;
  doubted: Doubted = NO_DOUBT;
  #n = 0;
  readonly #ids = new SnapshotIds(() => `own-${++this.#n}`);

  take(csv: string, rest: Partial<Arrived> = {}): Held | typeof UNCHANGED {
    const accepted = accept(arrived(csv, rest), this.held, this.doubted, this.#ids, HASH_KEY);
    if (accepted !== UNCHANGED) this.held = accepted;
    this.doubted = NO_DOUBT;
    return accepted;
  }

  /** Expects a refusal; returns its cause. */
  refuses(csv: string, rest: Partial<Arrived> = {}): string {
    const before = this.held;
    const error = assertThrows(() => this.take(csv, rest), PollError);
    assertEquals(this.held, before);
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
