/** Brings responses to a blocked thread: messages do not reach it, shared memory does. */
import type { Exchange } from "../http/exchange.ts";
import { Interrupted } from "../script/errors.ts";

/** Largest response, or batch of responses, in bytes; reserves address space, not memory. */
const MAILBOX_BYTES_MAX = 67_108_864;
/** Size of a new mailbox, in bytes. */
const MAILBOX_BYTES = 65_536;
const SEQUENCE = 0, CALL = 1, CUT = 2, JSON_BYTES = 3, CELLS = 4;
const PAYLOAD = CELLS * Int32Array.BYTES_PER_ELEMENT;

interface GrowableBuffer extends SharedArrayBuffer {
  grow(bytes: number): void;
}

export function createMailboxMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(MAILBOX_BYTES, { maxByteLength: MAILBOX_BYTES_MAX });
}

/**
 * One side's view; each side calls only its own half. The VU's thread numbers its calls, and the
 * response carries the number. The main thread numbers the runs (iterations, calls) and can cut one
 * off.
 */
export class Mailbox {
  readonly #memory: GrowableBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** @param now Milliseconds of a monotonic clock. */
  constructor(memory: SharedArrayBuffer, private readonly now: () => number) {
    this.#memory = memory as GrowableBuffer;
    this.#cells = new Int32Array(memory, 0, CELLS);
  }

  // The main thread's half.

  /** False if the value is too large for the mailbox. */
  put(call: number, value: unknown, bytes: readonly Uint8Array[] = []): boolean {
    const json = new TextEncoder().encode(JSON.stringify(value));
    const total = bytes.reduce((sum, part) => sum + part.length, PAYLOAD + json.length);
    if (total > MAILBOX_BYTES_MAX) return false;
    if (total > this.#memory.byteLength) this.#memory.grow(total);
    const all = new Uint8Array(this.#memory);
    all.set(json, PAYLOAD);
    let at = PAYLOAD + json.length;
    for (const part of bytes) {
      all.set(part, at);
      at += part.length;
    }
    this.#cells[JSON_BYTES] = json.length;
    Atomics.store(this.#cells, CALL, call);
    this.#wake();
    return true;
  }

  /** Ends every wait of this run and of earlier runs with {@link Interrupted}, later waits too. */
  cut(run: number): void {
    Atomics.store(this.#cells, CUT, run);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#cells, SEQUENCE, 1);
    Atomics.notify(this.#cells, SEQUENCE);
  }

  // The VU's half.

  isCut(run: number): boolean {
    return Atomics.load(this.#cells, CUT) >= run;
  }

  /** Blocks until the call is answered. @throws {Interrupted} if the run is cut off. */
  take(call: number, run: number): { value: unknown; bytes: Uint8Array } {
    this.#waitUntil(Infinity, run, () => Atomics.load(this.#cells, CALL) === call);
    const json_end = PAYLOAD + this.#cells[JSON_BYTES];
    // TextDecoder refuses shared memory, and the next response overwrites this one.
    const json = new Uint8Array(this.#memory).slice(PAYLOAD, json_end);
    const bytes = new Uint8Array(this.#memory).slice(json_end);
    return { value: JSON.parse(new TextDecoder().decode(json)), bytes };
  }

  /** Blocks. @throws {Interrupted} if the run is cut off. */
  sleep(duration_ms: number, run: number): void {
    this.#waitUntil(this.now() + duration_ms, run, () => false);
  }

  #waitUntil(end_ms: number, run: number, isDone: () => boolean): void {
    while (true) {
      // Read first: a later change ends the wait below at once.
      const sequence = Atomics.load(this.#cells, SEQUENCE);
      if (this.isCut(run)) throw new Interrupted("the iteration was cut off");
      if (isDone()) return;
      const left_ms = end_ms - this.now();
      if (left_ms <= 0) return;
      Atomics.wait(this.#cells, SEQUENCE, sequence, left_ms);
    }
  }
}

/** An exchange without its bytes, which follow the JSON. */
export type ExchangeHead = Omit<Exchange, "bytes">;

/** Splits exchanges for {@link Mailbox.put}. */
export function packExchanges(exchanges: readonly Exchange[]) {
  const bytes: Uint8Array[] = [];
  let at = 0;
  const heads = exchanges.map(({ bytes: all, ...head }): ExchangeHead => {
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
