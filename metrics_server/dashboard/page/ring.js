/** The last so many numbers. */
export class Ring {
  #values;
  #count = 0;

  /** @param {number} size Most numbers kept. */
  constructor(size) {
    this.#values = new Float64Array(size);
  }

  /** @param {number} value */
  push(value) {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  get length() {
    return Math.min(this.#count, this.#values.length);
  }

  /** Oldest first. */
  values() {
    const { length } = this;
    const from = this.#count - length;
    return Float64Array.from({ length }, (_, i) => this.#values[(from + i) % this.#values.length]);
  }
}
