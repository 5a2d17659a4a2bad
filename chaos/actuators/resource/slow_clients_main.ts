/**
 * Slow clients: each pipelines requests and reads the answers at `BYTES_PER_S`, which fills the
 * server's send buffers. A client that is disconnected reconnects. A hit is a connection.
 *
 *     deno run --allow-net=HOST:PORT chaos/actuators/resource/slow_clients_main.ts \
 *       LIFE_MS HOST:PORT PATH CONNECTIONS BYTES_PER_S
 */
import { pause } from "../../../tools/verdict/mod.ts";
import { startLife } from "./life.ts";

/** Requests sent before the first read. */
const REQUESTS_AHEAD = 32;
/** Time between two later requests, and between two reads, in milliseconds. */
const REQUEST_EVERY_MS = 1_000, READ_EVERY_MS = 200;
/** Pause before a client reconnects, in milliseconds. */
const RECONNECT_MS = 500;
/** Time between the first connections of two clients, in milliseconds. */
const NEXT_CLIENT_MS = 5;

const [life_ms, target, path, connections, bytes_per_s] = Deno.args;
const life = startLife(Number(life_ms));
const { hostname, port } = new URL(`http://${target}`);
const request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);

for (let i = 0; i < Number(connections); i++) {
  keepConnected();
  await pause(NEXT_CLIENT_MS);
}

async function keepConnected(): Promise<never> {
  for (;;) {
    await readSlowly().catch(() => {}); // refused or reset
    await pause(RECONNECT_MS);
  }
}

async function readSlowly(): Promise<void> {
  using conn = await Deno.connect({ hostname, port: Number(port) });
  life.add(1);
  sendRequests(conn).catch(() => {}); // reading fails, too
  const buffer = new Uint8Array(
    Math.max(1, Math.floor(Number(bytes_per_s) * READ_EVERY_MS / 1000)),
  );
  while (await conn.read(buffer) !== null) await pause(READ_EVERY_MS);
}

async function sendRequests(conn: Deno.TcpConn): Promise<never> {
  for (let i = 0; i < REQUESTS_AHEAD; i++) await writeAll(conn, request);
  for (;;) {
    await pause(REQUEST_EVERY_MS);
    await writeAll(conn, request);
  }
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
