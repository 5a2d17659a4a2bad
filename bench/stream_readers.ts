/**
 * Holds streams open and drops what they bring; each selects cells of its own ({@link streamPath}).
 * Prints `open` once every stream has brought something.
 *
 *     deno run --allow-net=127.0.0.1 bench/stream_readers.ts PORT SWITCHES
 */
import { streamPath, STREAMS } from "./rig/mod.ts";

const [port, switches] = Deno.args.map(Number);
const READ_BYTES = 64 * 1024;

/** Reads on and on; `onFirst` is called after the first bytes. */
async function readStream(path: string, onFirst: () => void): Promise<never> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const head =
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`;
  const request = new TextEncoder().encode(head);
  for (let at = 0; at < request.length;) at += await conn.write(request.subarray(at));
  const buffer = new Uint8Array(READ_BYTES);
  for (let first = true; await conn.read(buffer) !== null; first = false) if (first) onFirst();
  throw new Error(`${path}: the stream ended`);
}

let missing = STREAMS;
for (let i = 0; i < STREAMS; i++) {
  readStream(streamPath(i, switches), () => {
    if (--missing === 0) Deno.stdout.writeSync(new TextEncoder().encode("open\n"));
  });
}
