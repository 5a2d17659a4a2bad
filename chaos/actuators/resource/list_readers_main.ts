/**
 * Clients that nearly always have a list in progress: each reads one after the other, and pauses
 * after the first bytes of each, so that a list longer than the kernel buffers waits in the server.
 * A hit is a list that arrived whole; a list is cut if its connection ends after its first byte and
 * before its last one.
 *
 *     deno run --allow-net=HOST:PORT chaos/actuators/resource/list_readers_main.ts \
 *       LIFE_MS HOST:PORT PATH CONNECTIONS PAUSE_MS
 */
import { buildRequest, ResponseParser } from "../../../tools/http/mod.ts";
import { pause } from "../../../tools/verdict/mod.ts";
import { startLife } from "./life.ts";

/** Bytes read at once. */
const READ_BYTES = 65_536;
/** Pause before a client connects again, in milliseconds. */
const RECONNECT_MS = 50;
/** Longest list, in bytes. */
const LIST_BYTES_MAX = 64 * 1024 * 1024;

const [life_ms, target, path, connections, pause_ms] = Deno.args;
const life = startLife(Number(life_ms));
const { hostname, port } = new URL(`http://${target}`);
const request = buildRequest({ host: target, path }).bytes;

for (let i = 0; i < Number(connections); i++) keepReading();

async function keepReading(): Promise<never> {
  for (;;) {
    await readLists().catch(() => {}); // refused, or reset between two lists
    await pause(RECONNECT_MS);
  }
}

/** Reads lists until the connection ends. */
async function readLists(): Promise<void> {
  using conn = await Deno.connect({ hostname, port: Number(port) });
  const parser = new ResponseParser(null, LIST_BYTES_MAX);
  const buffer = new Uint8Array(READ_BYTES);
  do {
    for (let at = 0; at < request.length;) at += await conn.write(request.subarray(at));
    parser.begin(false);
    let has_begun = false;
    while (!parser.done) {
      const count = await conn.read(buffer).catch(() => null);
      if (count === null) {
        if (has_begun) life.add(0, 1);
        return;
      }
      parser.feed(buffer, 0, count);
      if (parser.failed) return life.add(0, 1);
      if (!has_begun) await pause(Number(pause_ms));
      has_begun = true;
    }
    if (parser.status === 200) life.add(1);
  } while (parser.keep_alive);
}
