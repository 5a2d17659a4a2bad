/** Lines of a child's output. */

/** Longest line handed on, in characters; the rest of a longer one is left out. */
export const LINE_CHARS_MAX = 65_536;

/** Hands on each whole line until the stream ends; what is no UTF-8 is replaced. */
export async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
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
