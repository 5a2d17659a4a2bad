/** A WebSocket message that announces 64 MiB and never ends. */
import type { HttpSocket } from "../../harness/mod.ts";

/** A masked text frame without FIN. */
const FRAGMENT = new Uint8Array([1, 0x80 | 127, 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]);
const CHUNK = new Uint8Array(64 * 1024);
const CHUNKS = 1_024;

export async function sendEndlessMessage(socket: HttpSocket): Promise<void> {
  await socket.send(FRAGMENT);
  for (let chunk = 0; chunk < CHUNKS; chunk++) await socket.send(CHUNK);
}
