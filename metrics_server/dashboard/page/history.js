/** Bounded memories: recent numbers, and snapshots. */

/** The last numbers, up to a fixed size. */
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

/** @typedef {import("./model.js").Table} Table */

const HISTORY_BYTES_MAX = 64 * 1024 * 1024;
const HISTORY_SNAPSHOTS_MAX = 720;

/**
 * @typedef {object} Frame
 * @property {number} taken_ms
 * @property {Map<string, number>} rows Row of each id; shared while the ids are the same.
 * @property {Map<string, Float64Array>} values By name of the column.
 * @property {number} bytes
 */

/** The snapshots since the page opened; the oldest are dropped. */
export class History {
  /** @type {Frame[]} */
  #frames = [];
  #bytes = 0;
  /** @type {readonly string[] | null} */
  #ids = null;
  /** @type {Map<string, number>} */
  #rows = new Map();

  constructor(bytes_max = HISTORY_BYTES_MAX, snapshots_max = HISTORY_SNAPSHOTS_MAX) {
    this.bytes_max = bytes_max;
    this.snapshots_max = snapshots_max;
  }

  get length() {
    return this.#frames.length;
  }

  /**
   * Keeps a snapshot's numbers, which must not change afterwards.
   *
   * @param {Table} table `ids` is the same array while the ids are the same.
   * @param {number} taken_ms
   */
  push(table, taken_ms) {
    if (table.ids !== this.#ids) {
      this.#ids = table.ids;
      this.#rows = new Map(table.ids.map((id, row) => [id, row]));
    }
    /** @type {Frame} */
    const frame = { taken_ms, rows: this.#rows, values: new Map(), bytes: 0 };
    for (const column of table.columns) {
      if (column.kind !== "number") continue;
      frame.values.set(column.name, column.values);
      frame.bytes += column.values.byteLength;
    }
    this.#frames.push(frame);
    this.#bytes += frame.bytes;
    // The newest snapshot stays, whatever its size.
    while (
      this.#frames.length > 1 &&
      (this.#bytes > this.bytes_max || this.#frames.length > this.snapshots_max)
    ) {
      this.#bytes -= /** @type {Frame} */ (this.#frames.shift()).bytes;
    }
  }

  /**
   * The history of one switch, oldest first; NaN if a snapshot lacks it.
   *
   * @param {string} id
   * @param {readonly string[]} names
   * @returns {import("./model.js").Series & { id: string }}
   */
  seriesOf(id, names) {
    const frames = this.#frames;
    return {
      id,
      times_ms: Float64Array.from(frames, ({ taken_ms }) => taken_ms),
      series: names.map((name) => ({
        name,
        values: Float64Array.from(frames, ({ rows, values }) => {
          const row = rows.get(id);
          return row === undefined ? NaN : values.get(name)?.[row] ?? NaN;
        }),
      })),
    };
  }
}
