/** Writing to a file that may take only a part, nothing for now, or nothing any more. */

/** PIPE_BUF of Linux: a pipe takes this much as a whole or not at all. */
const ATOMIC_BYTES_MAX = 4_096;

const NEWLINE = 10;

/** What a {@link FileWriter} needs of the world. */
export interface FileWriterOptions {
  /** Writes some bytes and returns how many. */
  writeSync(bytes: Uint8Array): number;
  /** Lets some time pass before the next attempt at a file that takes nothing for now. */
  pause(): void;
  /** Whether to give up. */
  isAbandoned(): boolean;
}

/**
 * Writes lines in large pieces as long as the file blocks while its reader is slow.
 *
 * Where whoever shares stdout has made it non-blocking, a slow reader is an error instead, and
 * Deno does not tell how much was written before it. From then on pieces are so small that a pipe
 * takes them whole or not at all; of the one batch that met the error the rest counts as lost.
 */
export class FileWriter {
  readonly #options: FileWriterOptions;
  #is_non_blocking = false;

  constructor(options: FileWriterOptions) {
    this.#options = options;
  }

  /** Writes until all is written or it fails. Never throws. Returns how many bytes were written. */
  writeAll(bytes: Uint8Array): number {
    let written = 0;
    while (written < bytes.length && !this.#options.isAbandoned()) {
      const rest = bytes.subarray(written);
      try {
        written += this.#options.writeSync(this.#is_non_blocking ? atomicPiece(rest) : rest);
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) break;
        this.#options.pause();
        if (!this.#is_non_blocking) {
          this.#is_non_blocking = true;
          break;
        }
      }
    }
    return written;
  }
}

/** Whole lines where they fit: what comes after a newline stays in a buffer of Deno's otherwise. */
function atomicPiece(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= ATOMIC_BYTES_MAX) return bytes;
  const last_newline = bytes.lastIndexOf(NEWLINE, ATOMIC_BYTES_MAX - 1);
  return bytes.subarray(0, last_newline < 0 ? ATOMIC_BYTES_MAX : last_newline + 1);
}
