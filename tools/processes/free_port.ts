/** Free TCP ports of the loopback address. */
import { pause } from "../verdict/mod.ts";

/**
 * Below the range of Linux's ports for outgoing connections (32768–60999), so that no connection
 * takes one while the process that listens there restarts.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
/** Ports tried before giving up. */
const TRIES_MAX = 200;

/**
 * Time after which a busy port counts as taken, in milliseconds. A closed listener lives on for
 * some milliseconds in each child process between its fork and its exec.
 */
export const TAKEN_MS_MIN = 250;
const RETRY_MS = 10;

/** Ports returned already; their users may not listen yet. */
const given = new Set<number>();

/** A free port of the loopback address, a different one each time. */
export function freePort(): number {
  using listener = listenOnFreePort();
  return listener.addr.port;
}

/** Listens on a port as {@link freePort} returns it. */
export function listenOnFreePort(): Deno.TcpListener {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    const listener = given.has(port) ? null : listenOn(port);
    if (listener === null) continue;
    given.add(port);
    // The range is finite: the oldest may be reused.
    if (given.size > (PORT_MAX - PORT_MIN) / 2) given.delete(given.values().next().value!);
    return listener;
  }
  throw new Error(`Cannot find a free port: ${TRIES_MAX} of ${PORT_MIN}–${PORT_MAX} were taken`);
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
