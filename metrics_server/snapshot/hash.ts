/**
 * Hash of ids: HalfSipHash (https://131002.net/siphash/). A source does not know the key, so it
 * cannot construct ids that collide.
 */

/** 64 random bits that a source must not know. */
export interface HashKey {
  readonly low: number;
  readonly high: number;
}

type Rounds = readonly [word: number, end: number];

/** HalfSipHash-1-3, which Linux uses for its hash tables, too. */
const ROUNDS: Rounds = [1, 3];

/** Upper half of the initial state; the lower half is the key. */
const INITIAL_2 = 0x6c796765;
const INITIAL_3 = 0x74656462;

/** State of the hash in progress; calls do not overlap. */
const v = new Int32Array(4);

/** HalfSipHash of `bytes[start, end)`, 0 … 2^32 − 1. */
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

/** {@link keyedHash} of a string whose char codes are bytes. */
export function keyedHashText(key: HashKey, text: string): number {
  const { length } = text;
  const bytes = length <= SCRATCH.length ? SCRATCH : new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  return keyedHash(key, bytes, 0, length);
}

/** Ids of usual length are hashed without an allocation. */
const SCRATCH = new Uint8Array(256);

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
