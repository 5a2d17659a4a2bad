/** Writes a simulation's next snapshot as CSV bytes, in slices of time. */
import type { Simulation } from "./simulation.ts";

/** Longest stretch of writing before the event loop gets its turn. */
export const SLICE_MS = 4;

/** Cells written between two looks at the clock: well under a millisecond of work. */
export const CELLS_PER_LOOK = 8_192;

const COMMA_SEPARATOR = ",";
const LINE_END = "\n";

/** Memory for one snapshot, used again when nobody reads it any more. */
export interface CsvBuffer {
  /** The header row, then the rows of each switch. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each switch's first row starts; one entry more than switches, the end of the last. */
  readonly switch_offsets: Uint32Array;
}

/** How the writing shares the event loop. */
export interface Pacing {
  now_ms(): number;
  /** Resolves when the event loop has had its turn. */
  pause(): Promise<void>;
}

/** A buffer with room for every snapshot of this simulation, however long its numbers grow. */
export function createCsvBuffer(simulation: Simulation): CsvBuffer {
  const size = headerOf(simulation).length + simulation.switches * simulation.switch_bytes_max;
  return {
    bytes: new Uint8Array(size),
    switch_offsets: new Uint32Array(simulation.switches + 1),
  };
}

/**
 * Writes one snapshot: the header row, then all switches. `\n` line ends, also after the last row.
 *
 * ```ts
 * const bytes_written = await writeCsv(simulation, buffer, {
 *   advance: false, // the first snapshot shows the state as it was drawn
 *   taken_at_ms: clock.epoch_ms(),
 *   pacing,
 *   signal,
 * });
 * ```
 *
 * @param options `advance`: move the simulation on by a tick, slice by slice.
 * @returns Bytes written, or undefined where `signal` ended the writing half way.
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
  return new TextEncoder().encode(simulation.columns.join(COMMA_SEPARATOR) + LINE_END);
}
