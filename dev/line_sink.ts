/**
 * Puts the pieces of several streams one after the other into one writer: a piece is written whole
 * before the next one starts, and whoever brings a piece waits for it, so nothing piles up here.
 */

/** Writes all bytes or throws. */
export type WriteAll = (bytes: Uint8Array) => Promise<void>;

/**
 * A sink over `write`. Once a write has failed (the reader has closed the stream) the pieces are
 * taken and thrown away: the services are there for more than their log.
 *
 * ```ts
 * const sink = lineSink(writeAll);
 * await Promise.all([sink(lines_of_one), sink(lines_of_the_other)]);
 * ```
 */
export function lineSink(write: WriteAll): WriteAll {
  let last: Promise<void> = Promise.resolve();
  let is_closed = false;
  return (bytes) => {
    last = last.then(async () => {
      if (is_closed) return;
      try {
        await write(bytes);
      } catch {
        is_closed = true;
      }
    });
    return last;
  };
}

/** Writes everything to this process's stdout. */
export async function writeStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
