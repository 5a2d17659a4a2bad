/**
 * Free TCP ports of the loopback address, which stay free for their user.
 *
 *     20000 ─ lock, 20001 … 20099 ─ lock, 20101 … 20199 ─ … ─ 31999
 *             └── a block: its user listens on the lock as long as it runs
 *
 * Programs and the threads of `deno test --parallel` share the ports of a machine, but no memory.
 * The program that listens on the first port of a block owns the others. So a port is free from the
 * moment it was found until its program listens, while that program restarts, and for a test that
 * needs "connection refused".
 */
import { pause } from "../verdict/mod.ts";

/**
 * Below the range of Linux's ports for outgoing connections (32768–60999) and for listeners on port
 * 0, so that neither takes a port in use here.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
/** Ports of a block, its lock included. */
export const BLOCK_PORTS = 100;
const BLOCKS = (PORT_MAX - PORT_MIN) / BLOCK_PORTS;

/**
 * Time after which a busy port counts as taken, in milliseconds. A closed listener lives on for
 * some milliseconds in each child process between its fork and its exec.
 */
export const TAKEN_MS_MIN = 250;
const RETRY_MS = 10;

/** Owned ports, least recently returned first. */
const own: number[] = [];

// A test must not leave a resource that it opened, so the lock is taken before the first test. A
// program that only explains itself takes none.
const net = { name: "net", host: "127.0.0.1" } as const;
const wants_help = Deno.args.includes("--help") || Deno.args.includes("-h");
if (!wants_help && Deno.permissions.querySync(net).state === "granted") claimBlock();

/** A free port of the loopback address; the least recently returned one of the block. */
export function freePort(): number {
  using listener = listenOnFreePort();
  return listener.addr.port;
}

/** Listens on a port as {@link freePort} returns it. */
export function listenOnFreePort(): Deno.TcpListener {
  if (own.length === 0) claimBlock();
  for (let tries = 0; tries < own.length; tries++) {
    const port = own.shift()!;
    own.push(port);
    const listener = listenOn(port);
    if (listener !== null) return listener;
  }
  const range = `${PORT_MIN}–${PORT_MAX - 1}`;
  throw new Error(`Cannot find a free port in ${range}: ${own.length} of its own are taken`);
}

/** Owns a block until the end of this thread; without effect if each block has an owner. */
function claimBlock(): void {
  const first = Math.floor(Math.random() * BLOCKS);
  for (let n = 0; n < BLOCKS; n++) {
    const lock = PORT_MIN + (first + n) % BLOCKS * BLOCK_PORTS;
    const listener = listenOn(lock);
    if (listener === null) continue;
    listener.unref();
    for (let port = lock + 1; port < lock + BLOCK_PORTS; port++) own.push(port);
    return;
  }
}

/** Whether the port of the loopback address is free. */
export function isPortFree(port: number): boolean {
  using listener = listenOn(port);
  return listener !== null;
}

/** Whether the port is free or becomes so within {@link TAKEN_MS_MIN}. */
export async function becomesFree(
  port: number,
  isFree: (port: number) => boolean = isPortFree,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<boolean> {
  for (let waited_ms = 0; waited_ms < TAKEN_MS_MIN; waited_ms += RETRY_MS) {
    if (isFree(port)) return true;
    await wait(RETRY_MS);
  }
  return isFree(port);
}

/** Null if the port is taken. */
function listenOn(port: number): Deno.TcpListener | null {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    throw error;
  }
}
