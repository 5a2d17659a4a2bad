/** What a wasteful cache does at each poll: it blocks, keeps memory, or keeps sockets. */

const BLOCK_MS = 150, KEPT_BYTES = 2 * 1024 * 1024;
/** Time between two looks at the event loop, in milliseconds. */
const LOOK_MS = 10;

const kept: Uint8Array[] = [];
const unread: ReadableStreamDefaultReader<Uint8Array>[] = [];

/** Longest time that the event loop was late, in milliseconds, since the call. */
export function watchEventLoop(): () => number {
  let longest_ms = 0, due_ms = performance.now() + LOOK_MS;
  setInterval(() => {
    longest_ms = Math.max(longest_ms, performance.now() - due_ms);
    due_ms = performance.now() + LOOK_MS;
  }, LOOK_MS);
  return () => longest_ms;
}

/** Works on the event loop's thread, like a parse of a large body. */
export function block(): void {
  const end_ms = performance.now() + BLOCK_MS;
  while (performance.now() < end_ms);
}

/** Keeps memory that is in use, so it counts as resident. */
export function keepMemory(): void {
  kept.push(new Uint8Array(KEPT_BYTES).fill(1));
}

/** The pieces of a body. A reader that stops early leaves the rest unread, and the socket open. */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  unread.push(reader); // collected garbage would close it
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
