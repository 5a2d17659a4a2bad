/**
 * A simulated matrix of switches, and its next snapshot as CSV.
 *
 *     step ── new values ──▶ write ── CSV bytes ──▶ CsvBuffer     one slice of switches at a time
 */

/** Most cells (rows × columns) of a matrix, about 160 MB of CSV. */
export const MATRIX_CELLS_MAX = 20_000_000;

/** A matrix, processed in ranges of switches. The ranges do not change the values of a seed. */
export interface Simulation {
  readonly columns: readonly string[];
  readonly switches: number;
  /** Cells of one switch, in all its rows. */
  readonly cells_per_switch: number;
  /** Most bytes of one switch, in all its rows, line ends included. */
  readonly switch_bytes_max: number;
  /** Advances switches `from` … `to` − 1 by one tick. */
  step(from: number, to: number): void;
  /**
   * Writes the rows of switches `from` … `to` − 1 as CSV at `at`, and each switch's position to
   * `switch_offsets`; returns the position of the next byte.
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

/** Longest write without a pause for the event loop. */
const SLICE_MS = 4;

/** Cells written between two clock readings; takes well under 1 ms. */
const CELLS_PER_LOOK = 8_192;

/** Memory of one snapshot, reused when no response reads it any more. */
export interface CsvBuffer {
  /** The header row, then the rows of each switch. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Position of each switch's first row, then the end of the last row. */
  readonly switch_offsets: Uint32Array;
}

/** How writing shares the event loop. */
interface Pacing {
  now_ms(): number;
  pause(): Promise<void>;
}

/** A buffer with room for every snapshot of this simulation. */
export function createCsvBuffer(simulation: Simulation): CsvBuffer {
  const size = headerOf(simulation).length + simulation.switches * simulation.switch_bytes_max;
  return {
    bytes: new Uint8Array(size),
    switch_offsets: new Uint32Array(simulation.switches + 1),
  };
}

/**
 * Writes the header row, then all switches, each stepped first if `advance`. Returns the bytes
 * written, or undefined if `signal` aborted.
 */
export async function writeCsv(
  simulation: Simulation,
  buffer: CsvBuffer,
  options: { advance: boolean; taken_at_ms: number; pacing: Pacing; signal: AbortSignal },
): Promise<number | undefined> {
  const { bytes, switch_offsets } = buffer;
  const { pacing } = options;
  const header = headerOf(simulation);
  bytes.set(header);
  let at = header.length;
  const stride = Math.max(1, Math.floor(CELLS_PER_LOOK / simulation.cells_per_switch));
  let slice_start_ms = pacing.now_ms();
  for (let from = 0; from < simulation.switches; from += stride) {
    if (pacing.now_ms() - slice_start_ms >= SLICE_MS) {
      await pacing.pause();
      if (options.signal.aborted) return undefined;
      slice_start_ms = pacing.now_ms();
    }
    const to = Math.min(from + stride, simulation.switches);
    if (options.advance) simulation.step(from, to);
    at = simulation.write(from, to, bytes, at, options.taken_at_ms, switch_offsets);
  }
  switch_offsets[simulation.switches] = at;
  return at;
}

function headerOf(simulation: Simulation): Uint8Array {
  return new TextEncoder().encode(simulation.columns.join(",") + "\n");
}
