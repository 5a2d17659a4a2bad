/**
 * Layout of the memory between the threads that log and the log worker.
 *
 *     control block │ ring 0: header, records │ ring 1: header, records │ …
 *
 * A ring has one writer, its thread, and one reader, the log worker. `HEAD` and `TAIL` count all
 * bytes written and read, modulo 2^32: their difference is the fill level, their low bits are
 * positions.
 */
import { LOG_RING_BYTES_MIN, LOG_THREADS_MAX } from "./limits.ts";

/** Int32 cells of the control block. */
export const CONTROL = {
  /** 1 while the worker sleeps; it waits on this cell. */
  SLEEPING: 0,
  /** One of {@link STATE}. The worker pauses on this cell, so that a change wakes it. */
  STATE: 1,
  /** Rings in use. */
  RINGS_TAKEN: 2,
  RING_BYTES: 3,
} as const;

export const STATE = {
  RUN: 0,
  /** Write the remaining records, then end. */
  CLOSE: 1,
  /** End without writing them. */
  ABANDON: 2,
} as const;

/** Int32 cells of a ring's header. Each counter has its own cache line of 64 bytes. */
export const RING = { HEAD: 0, TAIL: 16 } as const;

/** Float64 cell of a ring's header: records dropped for lack of room. */
const DROPPED_CELL = 16;

/** Float64 cell of the control block: lines that the worker could not write. */
const DISCARDED_CELL = 8;

const CONTROL_BYTES = 128;
const RING_HEADER_BYTES = 192;

/** First Int32 of a record: its kind, in the lowest {@link KIND_BITS}. */
export const RECORD = { PAD: 0, ACCESS: 1, TEXT: 2, LABEL: 3 } as const;

export const KIND_BITS = 4;

/**
 * Bytes of an access record. Int32 0: {@link RECORD}, above it {@link DEBUG_BIT}, above that the
 * first label; Int32 1, from the lowest bit on: status ({@link STATUS_BITS}), endpoint ({@link
 * ENDPOINT_BITS}), second label; Float64 1: ts_ms, 2: latency_ms, 3: age_ms, 4: bytes_sent.
 */
export const ACCESS_RECORD_BYTES = 40;

/** Marks an access record whose line has the level DEBUG. */
export const DEBUG_BIT = 1 << KIND_BITS;

export const LABEL_SHIFT = KIND_BITS + 1;
export const STATUS_BITS = 10;
export const ENDPOINT_BITS = 6;

/**
 * Bytes of a text or label record before its text. Int32 0: {@link RECORD}, 1: bytes of text; then
 * Float64 1: ts_ms of a text, or Int32 2: number of a label. The record ends at the next multiple
 * of {@link RECORD_ALIGN_BYTES}.
 */
export const TEXT_RECORD_HEADER_BYTES = 16;

/** Records start at multiples of this, so that their Float64 cells are aligned. */
export const RECORD_ALIGN_BYTES = 8;

export interface RingMemory {
  readonly header: Int32Array;
  readonly int32: Int32Array;
  readonly float64: Float64Array;
  readonly bytes: Uint8Array;
}

/** The whole memory. Each thread has its own instance on the same buffer. */
export class LogMemory {
  readonly buffer: SharedArrayBuffer;
  readonly control: Int32Array;
  readonly ring_bytes: number;
  readonly #float64: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.control = new Int32Array(buffer, 0, CONTROL_BYTES / 4);
    this.ring_bytes = this.control[CONTROL.RING_BYTES];
    this.#float64 = new Float64Array(buffer);
  }

  /** New memory with {@link LOG_THREADS_MAX} rings of `ring_bytes`, a power of two. */
  static create(ring_bytes: number): LogMemory {
    const power_of_two = Number.isInteger(Math.log2(ring_bytes));
    if (!power_of_two || ring_bytes < LOG_RING_BYTES_MIN || ring_bytes > 2 ** 30) {
      throw new RangeError(
        `Cannot create a log ring of ${ring_bytes} bytes: must be a power of two from ` +
          `${LOG_RING_BYTES_MIN} to ${2 ** 30}`,
      );
    }
    const bytes = CONTROL_BYTES + LOG_THREADS_MAX * (RING_HEADER_BYTES + ring_bytes);
    const buffer = new SharedArrayBuffer(bytes);
    new Int32Array(buffer)[CONTROL.RING_BYTES] = ring_bytes;
    return new LogMemory(buffer);
  }

  takeRing(): number {
    const ring = Atomics.add(this.control, CONTROL.RINGS_TAKEN, 1);
    if (ring < LOG_THREADS_MAX) return ring;
    Atomics.sub(this.control, CONTROL.RINGS_TAKEN, 1);
    throw new RangeError(
      `Cannot share the log with thread ${ring + 1}: at most ${LOG_THREADS_MAX}`,
    );
  }

  ringsTaken(): number {
    return Math.min(Atomics.load(this.control, CONTROL.RINGS_TAKEN), LOG_THREADS_MAX);
  }

  ring(index: number): RingMemory {
    const header = this.#ringOffset(index);
    const data = header + RING_HEADER_BYTES;
    return {
      header: new Int32Array(this.buffer, header, RING_HEADER_BYTES / 4),
      int32: new Int32Array(this.buffer, data, this.ring_bytes / 4),
      float64: new Float64Array(this.buffer, data, this.ring_bytes / 8),
      bytes: new Uint8Array(this.buffer, data, this.ring_bytes),
    };
  }

  /** Counts a record for which ring `index` had no room. Only that ring's writer may call it. */
  countDropped(index: number): void {
    this.#float64[this.#ringOffset(index) / 8 + DROPPED_CELL]++;
  }

  /** Counts lines read from a ring but lost. Only the log worker may call it. */
  countDiscarded(lines: number): void {
    this.#float64[DISCARDED_CELL] += lines;
  }

  /** Lines of all threads that were lost since the start. */
  linesDropped(): number {
    let lines = this.#float64[DISCARDED_CELL];
    for (let ring = this.ringsTaken() - 1; ring >= 0; ring--) {
      lines += this.#float64[this.#ringOffset(ring) / 8 + DROPPED_CELL];
    }
    return lines;
  }

  wake(): void {
    Atomics.store(this.control, CONTROL.SLEEPING, 0);
    Atomics.notify(this.control, CONTROL.SLEEPING);
  }

  /** Sends a command to the worker and wakes it. */
  setState(state: number): void {
    Atomics.store(this.control, CONTROL.STATE, state);
    Atomics.notify(this.control, CONTROL.STATE);
    this.wake();
  }

  #ringOffset(index: number): number {
    return CONTROL_BYTES + index * (RING_HEADER_BYTES + this.ring_bytes);
  }
}
