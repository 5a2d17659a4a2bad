/** Snapshots since the page opened, of every switch: the oldest make room. */

/** @typedef {import("./model.js").Table} Table */

/** Memory of all snapshots kept. */
export const HISTORY_BYTES_MAX = 64 * 1024 * 1024;

/** Most snapshots kept. */
export const HISTORY_SNAPSHOTS_MAX = 720;

/**
 * @typedef {object} Frame
 * @property {number} taken_ms
 * @property {Map<string, number>} rows Row of each id; the same object while the ids are the same.
 * @property {Map<string, Float64Array>} values By name of the column.
 * @property {number} bytes
 */

/** A bounded history. */
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
   * Keeps a snapshot's numbers; they must not change afterwards.
   *
   * @param {Table} table `ids` is the same array as before where the ids are the same.
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
    // The newest one stays, however large it is.
    while (
      this.#frames.length > 1 &&
      (this.#bytes > this.bytes_max || this.#frames.length > this.snapshots_max)
    ) {
      this.#bytes -= /** @type {Frame} */ (this.#frames.shift()).bytes;
    }
  }

  /**
   * What is known of one switch, oldest first; NaN where a snapshot lacks it.
   *
   * @param {string} id
   * @param {readonly string[]} names
   * @returns {import("./model.js").SeriesAnswer}
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
