/**
 * Clients that ask for more than they read: each sends requests ahead and reads the answers at
 * `BYTES_PER_S`, so that the server has bytes it cannot get rid of. One that is cut off comes again.
 * A hit is a connection.
 *
 *     deno run --allow-net=HOST:PORT chaos/actuators/resource/slow_clients_main.ts LIFE_MS HOST:PORT PATH CONNECTIONS BYTES_PER_S
 */
import { startLife } from "./life.ts";

/** Requests sent before the first answer is read. */
const REQUESTS_AHEAD = 32;
/** Time between two further requests, and two reads, in milliseconds. */
const ASK_EVERY_MS = 1_000, READ_EVERY_MS = 200;
/** Wait before a client that was cut off comes again, in milliseconds. */
const RETURN_MS = 500;
/** Wait between the first connections of two clients, in milliseconds. */
const NEXT_CLIENT_MS = 5;

const [life_ms, target, path, connections, bytes_per_s] = Deno.args;
const life = startLife(Number(life_ms));
const { hostname, port } = new URL(`http://${target}`);
const request = new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);

for (let i = 0; i < Number(connections); i++) {
  comeAgain();
  await pause(NEXT_CLIENT_MS);
}

async function comeAgain(): Promise<never> {
  for (;;) {
    await beSlow().catch(() => {}); // refused or reset: that is the server's right
    await pause(RETURN_MS);
  }
}

async function beSlow(): Promise<void> {
  using conn = await Deno.connect({ hostname, port: Number(port) });
  life.add(1);
  const asking = askOn(conn);
  asking.catch(() => {}); // reading fails as well then
  const buffer = new Uint8Array(
    Math.max(1, Math.floor(Number(bytes_per_s) * READ_EVERY_MS / 1000)),
  );
  while (await conn.read(buffer) !== null) await pause(READ_EVERY_MS);
}

async function askOn(conn: Deno.TcpConn): Promise<never> {
  for (let i = 0; i < REQUESTS_AHEAD; i++) await writeAll(conn, request);
  for (;;) {
    await pause(ASK_EVERY_MS);
    await writeAll(conn, request);
  }
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function pause(pause_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pause_ms));
}
