/** HalfSipHash: a hash whose collisions cannot be made without its key. https://131002.net/siphash/ */

/** 64 bits that whoever chooses the bytes does not know. */
export interface HashKey {
  readonly low: number;
  readonly high: number;
}

/** Rounds a word and rounds at the end. */
export type Rounds = readonly [word: number, end: number];

/** HalfSipHash-1-3: what hash tables take, in Linux for one. */
const ROUNDS: Rounds = [1, 3];

/** The lower half of the state's initial value is the key alone. */
const INITIAL_2 = 0x6c796765;
const INITIAL_3 = 0x74656462;

/** The state while one hash is made; nothing else runs meanwhile. */
const v = new Int32Array(4);

/** Hash of `bytes[start, end)` under a key, 0 … 2^32 − 1. */
export function keyedHash(
  key: HashKey,
  bytes: Uint8Array,
  start: number,
  end: number,
  [word_rounds, end_rounds]: Rounds = ROUNDS,
): number {
  const length = end - start;
  const words_end = end - (length & 3);
  v[0] = key.low;
  v[1] = key.high;
  v[2] = key.low ^ INITIAL_2;
  v[3] = key.high ^ INITIAL_3;
  for (let i = start; i < words_end; i += 4) {
    take(bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | bytes[i + 3] << 24, word_rounds);
  }
  let last = length << 24;
  for (let i = words_end; i < end; i++) last |= bytes[i] << (i - words_end) * 8;
  take(last, word_rounds);
  v[2] ^= 0xff;
  mix(end_rounds);
  return (v[1] ^ v[3]) >>> 0;
}

function take(word: number, rounds: number): void {
  v[3] ^= word;
  mix(rounds);
  v[0] ^= word;
}

function mix(rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    v[0] += v[1];
    v[1] = rotated(v[1], 5) ^ v[0];
    v[0] = rotated(v[0], 16);
    v[2] += v[3];
    v[3] = rotated(v[3], 8) ^ v[2];
    v[0] += v[3];
    v[3] = rotated(v[3], 7) ^ v[0];
    v[2] += v[1];
    v[1] = rotated(v[1], 13) ^ v[2];
    v[2] = rotated(v[2], 16);
  }
}

function rotated(word: number, bits: number): number {
  return word << bits | word >>> 32 - bits;
}
