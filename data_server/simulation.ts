/** What a profile of simulated data offers to whoever turns it into CSV. */

/** Most cells (rows × columns) of a matrix: about 160 MB of CSV with data_server's own columns. */
export const MATRIX_CELLS_MAX = 20_000_000;

/**
 * A matrix of switches that moves on tick by tick. It is worked through in ranges of whole
 * switches, in ascending order, so that a big one can be cut into slices of time.
 *
 * The same seed and the same sizes give the same values, tick by tick, whatever the slices.
 */
export interface Simulation {
  /** Names of all columns, identity first. */
  readonly columns: readonly string[];
  readonly switches: number;
  /** Cells one switch has, in all its rows: the measure of work. */
  readonly cells_per_switch: number;
  /** Bytes one switch can take at most, in all its rows, line ends included. */
  readonly switch_bytes_max: number;
  /** Moves switches `from` … `to` − 1 on by one tick. */
  step(from: number, to: number): void;
  /**
   * Writes the rows of switches `from` … `to` − 1 as CSV.
   *
   * @param at Where the first byte goes.
   * @param taken_at_ms The snapshot's epoch milliseconds, for profiles with a timestamp a row.
   * @param switch_offsets Gets, at each switch's index, where its first row starts.
   * @returns Where the next byte goes.
   */
  write(
    from: number,
    to: number,
    bytes: Uint8Array,
    at: number,
    taken_at_ms: number,
    switch_offsets: Uint32Array,
  ): number;
}
