/**
 * Unsigned 64-bit counters in two parts: value = high × 10^10 + low. A JavaScript number rounds
 * beyond 2^53, and a BigInt for each cell is too slow.
 */
import { LOW_PART_BASE, writeUint64 } from "./cells.ts";

export const COUNTER64_MAX = 18_446_744_073_709_551_615n;

const BASE = BigInt(LOW_PART_BASE);
const HIGH_MAX = Number(COUNTER64_MAX / BASE);
const LOW_MAX_AT_HIGH_MAX = Number(COUNTER64_MAX % BASE);

/** A row of counters. */
export class Counters64 {
  readonly #high: Uint32Array;
  readonly #low: Float64Array;

  constructor(length: number) {
    this.#high = new Uint32Array(length);
    this.#low = new Float64Array(length);
  }

  /** @param value 0 … {@link COUNTER64_MAX} */
  set(index: number, value: bigint): void {
    this.#high[index] = Number(value / BASE);
    this.#low[index] = Number(value % BASE);
  }

  get(index: number): bigint {
    return BigInt(this.#high[index]) * BASE + BigInt(this.#low[index]);
  }

  /** Adds 0 … 10^10. A counter stops at {@link COUNTER64_MAX} instead of wrapping. */
  add(index: number, amount: number): void {
    const low = this.#low[index] + amount;
    if (low < LOW_PART_BASE) {
      this.#low[index] = low;
    } else {
      this.#low[index] = low - LOW_PART_BASE;
      this.#high[index]++;
    }
    if (this.#high[index] >= HIGH_MAX) this.#holdAtMax(index);
  }

  /** Writes the counter's digits at `at`; returns the position of the next byte. */
  write(index: number, bytes: Uint8Array, at: number): number {
    return writeUint64(bytes, at, this.#high[index], this.#low[index]);
  }

  #holdAtMax(index: number): void {
    if (this.#high[index] === HIGH_MAX && this.#low[index] <= LOW_MAX_AT_HIGH_MAX) return;
    this.#high[index] = HIGH_MAX;
    this.#low[index] = LOW_MAX_AT_HIGH_MAX;
  }
}
