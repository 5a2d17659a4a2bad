/** Reading side of a ring, in the log worker. */
import type { LineEncoder } from "./line_encoder.ts";
import {
  ACCESS_RECORD_BYTES,
  LogMemory,
  RECORD,
  RECORD_ALIGN_BYTES,
  RING,
  type RingMemory,
  TEXT_RECORD_HEADER_BYTES,
} from "./shared_memory.ts";

/** The one reader of a ring. */
export class RingReader {
  readonly #ring: RingMemory;
  readonly #capacity: number;
  #tail: number;

  constructor(memory: LogMemory, index: number) {
    this.#ring = memory.ring(index);
    this.#capacity = memory.ring_bytes;
    this.#tail = Atomics.load(this.#ring.header, RING.TAIL);
  }

  /** Whether nothing waits to be read. */
  isEmpty(): boolean {
    return Atomics.load(this.#ring.header, RING.HEAD) === this.#tail;
  }

  /**
   * Encodes records until none is left or the encoder is full, then gives their room back.
   *
   * @returns Whether records are left because the encoder is full.
   */
  readInto(encoder: LineEncoder): boolean {
    const head = Atomics.load(this.#ring.header, RING.HEAD);
    const { int32, float64, bytes } = this.#ring;
    let tail = this.#tail;
    while (tail !== head && encoder.has_room) {
      const at = tail & (this.#capacity - 1);
      const kind = int32[at >> 2];
      const cell = at >> 3;
      if (kind === RECORD.ACCESS) {
        const endpoint_status = int32[(at >> 2) + 1];
        encoder.access(
          float64[cell + 1],
          endpoint_status >>> 16,
          endpoint_status & 0xffff,
          float64[cell + 2],
          float64[cell + 3],
          float64[cell + 4],
        );
        tail = (tail + ACCESS_RECORD_BYTES) | 0;
      } else if (kind === RECORD.TEXT) {
        const start = at + TEXT_RECORD_HEADER_BYTES;
        const end = start + int32[(at >> 2) + 1];
        encoder.text(float64[cell + 1], bytes.subarray(start, end));
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
