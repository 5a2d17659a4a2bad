/** Writes to a file that may accept only a part, block, or be closed. */

/** PIPE_BUF of Linux: a pipe accepts a write of this size completely or not at all. */
const ATOMIC_BYTES_MAX = 4_096;

const NEWLINE = 10;

interface FileWriterOptions {
  writeSync(bytes: Uint8Array): number;
  /** Waits before the next attempt at a file that would block. */
  pause(): void;
  isAbandoned(): boolean;
}

/**
 * Writes lines in large chunks while the file blocks for a slow reader.
 *
 * If another process has made stdout non-blocking, a slow reader causes an error instead, and Deno
 * does not report how much was written before. The rest of that batch counts as lost. From then on,
 * chunks are small enough for a pipe to accept them completely or not at all.
 */
export class FileWriter {
  #is_non_blocking = false;

  constructor(readonly options: FileWriterOptions) {}

  /** Writes all bytes, or until an error, and returns the number written. Never throws. */
  writeAll(bytes: Uint8Array): number {
    let written = 0;
    while (written < bytes.length && !this.options.isAbandoned()) {
      const rest = bytes.subarray(written);
      try {
        written += this.options.writeSync(this.#is_non_blocking ? atomicChunk(rest) : rest);
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) break;
        this.options.pause();
        if (!this.#is_non_blocking) {
          this.#is_non_blocking = true;
          break;
        }
      }
    }
    return written;
  }
}

/** Whole lines if they fit: Deno would keep the text after the last newline in a buffer. */
function atomicChunk(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= ATOMIC_BYTES_MAX) return bytes;
  const last_newline = bytes.lastIndexOf(NEWLINE, ATOMIC_BYTES_MAX - 1);
  return bytes.subarray(0, last_newline < 0 ? ATOMIC_BYTES_MAX : last_newline + 1);
}
