/** Reads a child's stdout to the last byte, as a log collector would, and counts. */

const READ_BYTES = 262_144;
const LF = 10;

/** Counts bytes and lines; the bytes themselves are dropped. */
export class StdoutMeter {
  bytes = 0;
  lines = 0;
  /** Resolves when the stream has ended. */
  readonly finished: Promise<void>;

  constructor(stdout: ReadableStream<Uint8Array>) {
    this.finished = this.#drain(stdout);
  }

  async #drain(stdout: ReadableStream<Uint8Array>): Promise<void> {
    const reader = stdout.getReader({ mode: "byob" });
    let room = new Uint8Array(READ_BYTES);
    while (true) {
      const { value, done } = await reader.read(room);
      if (done || value === undefined) return;
      this.bytes += value.length;
      for (let at = value.indexOf(LF); at >= 0; at = value.indexOf(LF, at + 1)) this.lines++;
      room = new Uint8Array(value.buffer);
    }
  }
}
