/**
 * Answers for a thread that is blocked: it sleeps in `Atomics.wait`, so no message reaches it, and
 * what it is to get is put into memory both sides see.
 */
import type { Exchange } from "../http/exchange.ts";
import { Interrupted } from "../script/interrupted.ts";
import { MAILBOX_BYTES, MAILBOX_BYTES_MAX } from "./limits.ts";

const SEQUENCE = 0, CALL = 1, CUT = 2, JSON_BYTES = 3, CELLS = 4;
const PAYLOAD = CELLS * Int32Array.BYTES_PER_ELEMENT;

interface GrowableBuffer extends SharedArrayBuffer {
  grow(bytes: number): void;
}

export function createMailboxMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(MAILBOX_BYTES, { maxByteLength: MAILBOX_BYTES_MAX });
}

/**
 * One side's view; each side only calls its own half. The side that waits numbers its calls, and
 * the answer bears the number; the other side numbers the runs (iterations) that it starts, and can
 * cut the thread off from whatever one of them still waits for.
 */
export class Mailbox {
  readonly #memory: GrowableBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #now: () => number;

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(memory: SharedArrayBuffer, now: () => number) {
    this.#memory = memory as GrowableBuffer;
    this.#cells = new Int32Array(memory, 0, CELLS);
    this.#now = now;
  }

  // The side that answers.

  /** False where it is too large for the mailbox. */
  put(call: number, value: unknown, bytes: readonly Uint8Array[] = []): boolean {
    const json = new TextEncoder().encode(JSON.stringify(value));
    const total = bytes.reduce((sum, piece) => sum + piece.length, PAYLOAD + json.length);
    if (total > MAILBOX_BYTES_MAX) return false;
    if (total > this.#memory.byteLength) this.#memory.grow(total);
    const all = new Uint8Array(this.#memory);
    all.set(json, PAYLOAD);
    let at = PAYLOAD + json.length;
    for (const piece of bytes) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#cells[JSON_BYTES] = json.length;
    Atomics.store(this.#cells, CALL, call);
    this.#wake();
    return true;
  }

  /** Whatever that run, or one before it, waits for now or later ends with {@link Interrupted}. */
  cut(run: number): void {
    Atomics.store(this.#cells, CUT, run);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#cells, SEQUENCE, 1);
    Atomics.notify(this.#cells, SEQUENCE);
  }

  // The side that waits.

  isCut(run: number): boolean {
    return Atomics.load(this.#cells, CUT) >= run;
  }

  /**
   * Blocks until the call is answered.
   * @throws {Interrupted} where the run is cut off.
   */
  take(call: number, run: number): { value: unknown; bytes: Uint8Array } {
    this.#waitUntil(Infinity, run, () => Atomics.load(this.#cells, CALL) === call);
    const json_end = PAYLOAD + this.#cells[JSON_BYTES];
    // Text cannot be decoded from shared memory, and the next answer takes this one's place.
    const json = new Uint8Array(this.#memory).slice(PAYLOAD, json_end);
    const bytes = new Uint8Array(this.#memory).slice(json_end);
    return { value: JSON.parse(new TextDecoder().decode(json)), bytes };
  }

  /** Blocks for so long. @throws {Interrupted} where the run is cut off. */
  sleep(duration_ms: number, run: number): void {
    this.#waitUntil(this.#now() + duration_ms, run, () => false);
  }

  #waitUntil(end_ms: number, run: number, isThere: () => boolean): void {
    while (true) {
      // Read first: whatever changes after this wakes the wait below at once.
      const sequence = Atomics.load(this.#cells, SEQUENCE);
      if (this.isCut(run)) throw new Interrupted("the iteration was cut off");
      if (isThere()) return;
      const left_ms = end_ms - this.#now();
      if (left_ms <= 0) return;
      Atomics.wait(this.#cells, SEQUENCE, sequence, left_ms);
    }
  }
}

/** An exchange without its bytes, which lie in a row after the JSON. */
export type ExchangeHead = Omit<Exchange, "bytes">;

/** Answers as they go through a mailbox. */
export function packExchanges(exchanges: readonly Exchange[]): {
  heads: ExchangeHead[];
  bytes: Uint8Array[];
} {
  const bytes: Uint8Array[] = [];
  let at = 0;
  const heads = exchanges.map(({ bytes: all, ...head }) => {
    const own = all.subarray(head.head_start, head.body_end);
    bytes.push(own);
    const moved = at - head.head_start;
    at += own.length;
    return {
      ...head,
      head_start: head.head_start + moved,
      head_end: head.head_end + moved,
      body_end: head.body_end + moved,
    };
  });
  return { heads, bytes };
}

export function unpackExchanges(heads: readonly ExchangeHead[], bytes: Uint8Array): Exchange[] {
  return heads.map((head) => ({ ...head, bytes }));
}
