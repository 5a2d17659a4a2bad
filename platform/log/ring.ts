/** A ring of log records: written by one thread, read by the log worker. */
import { LOG_RESERVE_BYTES } from "./limits.ts";
import type { LineEncoder } from "./line_encoder.ts";
import {
  ACCESS_RECORD_BYTES,
  CONTROL,
  DEBUG_BIT,
  ENDPOINT_BITS,
  KIND_BITS,
  LABEL_SHIFT,
  LogMemory,
  RECORD,
  RECORD_ALIGN_BYTES,
  RING,
  type RingMemory,
  STATUS_BITS,
  TEXT_RECORD_HEADER_BYTES,
} from "./shared_memory.ts";

const KIND_MASK = (1 << KIND_BITS) - 1;
const STATUS_MASK = (1 << STATUS_BITS) - 1;
const ENDPOINT_MASK = (1 << ENDPOINT_BITS) - 1;

function recordBytes({ length }: Uint8Array): number {
  const bytes = TEXT_RECORD_HEADER_BYTES + length;
  return Math.ceil(bytes / RECORD_ALIGN_BYTES) * RECORD_ALIGN_BYTES;
}

/** The only writer of a ring. Never blocks: a record without room is counted and dropped. */
export class RingWriter {
  readonly #memory: LogMemory;
  readonly #ring: RingMemory;
  readonly #index: number;
  readonly #capacity: number;
  readonly #access_capacity: number;
  #head: number;
  /** The reader's counter when last read; it can only have advanced since. */
  #tail: number;

  constructor(memory: LogMemory, index: number) {
    this.#memory = memory;
    this.#index = index;
    this.#ring = memory.ring(index);
    this.#capacity = memory.ring_bytes;
    this.#access_capacity = this.#capacity - Math.min(LOG_RESERVE_BYTES, this.#capacity / 4);
    this.#head = Atomics.load(this.#ring.header, RING.HEAD);
    this.#tail = Atomics.load(this.#ring.header, RING.TAIL);
  }

  /** Puts one access record. Allocates nothing. Labels: see {@link putLabel}; 0: none. */
  putAccess(
    ts_ms: number,
    endpoint: number,
    status: number,
    latency_ms: number,
    age_ms: number,
    bytes_sent: number,
    label = 0,
    label_2 = 0,
    is_debug = false,
  ): void {
    const at = this.#reserve(ACCESS_RECORD_BYTES, this.#access_capacity);
    if (at < 0) return;
    const { int32, float64 } = this.#ring;
    int32[at >> 2] = RECORD.ACCESS | (is_debug ? DEBUG_BIT : 0) | label << LABEL_SHIFT;
    int32[(at >> 2) + 1] = status & STATUS_MASK | (endpoint & ENDPOINT_MASK) << STATUS_BITS |
      label_2 << STATUS_BITS + ENDPOINT_BITS;
    const cell = at >> 3;
    float64[cell + 1] = ts_ms;
    float64[cell + 2] = latency_ms;
    float64[cell + 3] = age_ms;
    float64[cell + 4] = bytes_sent;
    this.#publish(ACCESS_RECORD_BYTES);
  }

  /** Puts one line: `text` follows the timestamp. An access line leaves the reserve free. */
  putText(ts_ms: number, text: Uint8Array, is_access = false): void {
    const at = this.#putBytes(RECORD.TEXT, text, is_access);
    if (at < 0) return;
    this.#ring.float64[(at >> 3) + 1] = ts_ms;
    this.#publish(recordBytes(text));
  }

  /**
   * Sets the text of a label: what access records with its number get at their end. Returns false
   * without room: the label must not be used then.
   */
  putLabel(label: number, text: Uint8Array): boolean {
    const at = this.#putBytes(RECORD.LABEL, text, true);
    if (at < 0) return false;
    this.#ring.int32[(at >> 2) + 2] = label;
    this.#publish(recordBytes(text));
    return true;
  }

  #putBytes(kind: number, text: Uint8Array, is_access: boolean): number {
    const at = this.#reserve(
      recordBytes(text),
      is_access ? this.#access_capacity : this.#capacity,
    );
    if (at < 0) return at;
    this.#ring.int32[at >> 2] = kind;
    this.#ring.int32[(at >> 2) + 1] = text.length;
    this.#ring.bytes.set(text, at + TEXT_RECORD_HEADER_BYTES);
    return at;
  }

  /**
   * Place of the next record, or −1 without room. A record is never split: if it would cross the
   * ring's end, padding fills the rest.
   */
  #reserve(bytes: number, capacity: number): number {
    const at = this.#head & (this.#capacity - 1);
    const padding = at + bytes > this.#capacity ? this.#capacity - at : 0;
    const needed = padding + bytes;
    if (((this.#head - this.#tail) | 0) + needed > capacity) {
      this.#tail = Atomics.load(this.#ring.header, RING.TAIL);
      if (((this.#head - this.#tail) | 0) + needed > capacity) {
        this.#memory.countDropped(this.#index);
        return -1;
      }
    }
    if (padding === 0) return at;
    this.#ring.int32[at >> 2] = RECORD.PAD;
    this.#head = (this.#head + padding) | 0;
    return 0;
  }

  #publish(bytes: number): void {
    this.#head = (this.#head + bytes) | 0;
    Atomics.store(this.#ring.header, RING.HEAD, this.#head);
    // Reading costs a nanosecond, notifying a microsecond, so notify only if the worker sleeps.
    if (Atomics.load(this.#memory.control, CONTROL.SLEEPING) !== 0) this.#memory.wake();
  }
}

export class RingReader {
  /** Texts by label; 0 stays empty. */
  readonly #labels: (Uint8Array | undefined)[] = [];
  readonly #ring: RingMemory;
  readonly #capacity: number;
  #tail: number;

  constructor(memory: LogMemory, index: number) {
    this.#ring = memory.ring(index);
    this.#capacity = memory.ring_bytes;
    this.#tail = Atomics.load(this.#ring.header, RING.TAIL);
  }

  /** Whether all records are read. */
  isEmpty(): boolean {
    return Atomics.load(this.#ring.header, RING.HEAD) === this.#tail;
  }

  /**
   * Encodes records until all are read or the encoder is full, then frees their room.
   *
   * @returns Whether records remain because the encoder is full.
   */
  readInto(encoder: LineEncoder): boolean {
    const head = Atomics.load(this.#ring.header, RING.HEAD);
    const { int32, float64, bytes } = this.#ring;
    let tail = this.#tail;
    while (tail !== head && encoder.has_room) {
      const at = tail & (this.#capacity - 1);
      const first = int32[at >> 2];
      const kind = first & KIND_MASK;
      const cell = at >> 3;
      if (kind === RECORD.ACCESS) {
        const second = int32[(at >> 2) + 1];
        encoder.access(
          float64[cell + 1],
          second >>> STATUS_BITS & ENDPOINT_MASK,
          second & STATUS_MASK,
          float64[cell + 2],
          float64[cell + 3],
          float64[cell + 4],
          this.#labels[first >>> LABEL_SHIFT],
          this.#labels[second >>> STATUS_BITS + ENDPOINT_BITS],
          (first & DEBUG_BIT) !== 0,
        );
        tail = (tail + ACCESS_RECORD_BYTES) | 0;
      } else if (kind === RECORD.TEXT || kind === RECORD.LABEL) {
        const start = at + TEXT_RECORD_HEADER_BYTES;
        const end = start + int32[(at >> 2) + 1];
        if (kind === RECORD.LABEL) this.#labels[int32[(at >> 2) + 2]] = bytes.slice(start, end);
        else encoder.text(float64[cell + 1], bytes.subarray(start, end));
        tail = (tail + Math.ceil((end - at) / RECORD_ALIGN_BYTES) * RECORD_ALIGN_BYTES) | 0;
      } else {
        tail = (tail + this.#capacity - at) | 0;
      }
    }
    this.#tail = tail;
    Atomics.store(this.#ring.header, RING.TAIL, tail);
    return tail !== head;
  }
}
