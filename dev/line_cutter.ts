/**
 * Cuts a byte stream into pieces that end at a line end, so that the pieces of two streams can be
 * put one after the other and still be whole lines. Lines are not looked at.
 */

/** Bytes of an unfinished line that are held back; a longer line is passed on in parts. */
export const HELD_BYTES_MAX = 1_048_576;

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);

/**
 * ```ts
 * const cutter = new LineCutter();
 * cutter.push(bytes('{"a":1}\n{"b"')); // '{"a":1}\n'
 * cutter.push(bytes(":2}\n")); // '{"b":2}\n'
 * ```
 */
export class LineCutter {
  #held: Uint8Array[] = [];
  #held_bytes = 0;

  /** Bytes of the line that is not finished yet. */
  get held_bytes(): number {
    return this.#held_bytes;
  }

  /**
   * Takes the next bytes and gives what is held so far up to the last line end; empty where no
   * line ended. The chunk is kept by reference: do not write to it afterwards.
   */
  push(chunk: Uint8Array): Uint8Array {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      if (this.#held_bytes + chunk.length > HELD_BYTES_MAX) return this.#release(chunk);
      this.#hold(chunk);
      return NOTHING;
    }
    const whole = this.#release(chunk.subarray(0, end));
    this.#hold(chunk.subarray(end));
    return whole;
  }

  #hold(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#held.push(chunk);
    this.#held_bytes += chunk.length;
  }

  #release(last: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return last;
    const whole = new Uint8Array(this.#held_bytes + last.length);
    let at = 0;
    for (const part of this.#held) {
      whole.set(part, at);
      at += part.length;
    }
    whole.set(last, at);
    this.#held = [];
    this.#held_bytes = 0;
    return whole;
  }
}
