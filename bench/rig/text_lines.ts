/** Longest line, in UTF-16 code units. */
export const LINE_CHARS_MAX = 1_048_576;

/**
 * Text lines of a byte stream, without their ends. An unfinished last line is given too.
 *
 * @throws {RangeError} where a line is longer than {@link LINE_CHARS_MAX}.
 */
export async function* textLines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of bytes) {
    const lines = (held + decoder.decode(chunk, { stream: true })).split("\n");
    held = lines.pop()!;
    yield* lines;
    if (held.length > LINE_CHARS_MAX) {
      throw new RangeError(`Cannot read a line: over ${LINE_CHARS_MAX} characters without an end`);
    }
  }
  if (held !== "") yield held;
}
