/** Readers for the output of a child process: by line, by whole lines, or counted. */
import { joinBytes } from "../../platform/mod.ts";

export type OutputStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Longest line that {@link readLines} passes on, in characters; the rest of the line is dropped.
 */
export const LINE_CHARS_MAX = 65_536;
/** Longest unfinished line that {@link LineCutter} holds, in bytes; a longer one is split. */
export const HELD_BYTES_MAX = 1_048_576;
const READ_BYTES = 262_144;
const NEWLINE = 0x0a;
const NOTHING = new Uint8Array(0);

/** Calls `onLine` for each line until the stream ends. Invalid UTF-8 is replaced. */
export async function readLines(
  stream: OutputStream,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!.slice(0, LINE_CHARS_MAX);
    for (const line of lines) onLine(line.slice(0, LINE_CHARS_MAX));
  }
  if (rest !== "") onLine(rest);
}

/**
 * Calls `onLines` with the bytes of one or more whole lines, and reads on once it resolves. An
 * unfinished last line (the process was killed) is dropped.
 */
export async function readWholeLines(
  stream: OutputStream,
  onLines: (whole_lines: Uint8Array) => Promise<void> | void,
): Promise<void> {
  const cutter = new LineCutter();
  for await (const chunk of stream) {
    const whole_lines = cutter.push(chunk);
    if (whole_lines.length > 0) await onLines(whole_lines);
  }
}

/** Cuts a byte stream at line ends, so that the pieces of two streams can be interleaved. */
export class LineCutter {
  #held: Uint8Array[] = [];
  /** Bytes of the unfinished line. */
  held_bytes = 0;

  /**
   * Adds bytes and returns everything up to the last line end; empty if no line ended. The chunk is
   * kept by reference: do not write to it afterwards.
   */
  push(chunk: Uint8Array): Uint8Array {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      if (this.held_bytes + chunk.length > HELD_BYTES_MAX) return this.#release(chunk);
      this.#hold(chunk);
      return NOTHING;
    }
    const whole = this.#release(chunk.subarray(0, end));
    this.#hold(chunk.subarray(end));
    return whole;
  }

  #hold(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#held.push(chunk);
    this.held_bytes += chunk.length;
  }

  #release(last: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return last;
    const whole = joinBytes([...this.#held, last]);
    this.#held = [];
    this.held_bytes = 0;
    return whole;
  }
}

/** Counts the bytes and lines of a stream and drops them. */
export class OutputMeter {
  bytes = 0;
  lines = 0;

  /** Resolves when the stream has ended. */
  async read(stream: OutputStream): Promise<void> {
    const reader = stream.getReader({ mode: "byob" });
    let room = new Uint8Array(READ_BYTES);
    while (true) {
      const { value, done } = await reader.read(room);
      if (done || value === undefined) return;
      this.bytes += value.length;
      for (let at = value.indexOf(NEWLINE); at >= 0; at = value.indexOf(NEWLINE, at + 1)) {
        this.lines++;
      }
      room = new Uint8Array(value.buffer);
    }
  }
}
