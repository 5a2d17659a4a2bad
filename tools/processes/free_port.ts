/**
 * Ports that can be given up and taken again: below the range from which Linux picks the ports of
 * outgoing connections (32768–60999), so that none of those takes one while its process is down.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/** Ports tried before giving up. */
const TRIES_MAX = 200;

/**
 * Milliseconds a port is asked for again before it counts as taken. A listener that was closed lives
 * on in each child between its fork and its exec, for some milliseconds: in a parallel test run one
 * in thirty ports asked twice was "taken" by such a child.
 */
export const TAKEN_MS_MIN = 250;
const ASK_AGAIN_MS = 10;

/** Given to somebody already, who may not listen yet. */
const given = new Set<number>();

/**
 * A port of the loopback address nobody listens on, another each time. Which one is of no meaning,
 * so it has no seed.
 */
export function freePort(): number {
  using listener = listenOnFreePort();
  return listener.addr.port;
}

/** Listens on the loopback address, on such a port. */
export function listenOnFreePort(): Deno.TcpListener {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    const listener = given.has(port) ? null : listenOn(port);
    if (listener === null) continue;
    given.add(port);
    // A long life asks for more than there are: the oldest may be had again.
    if (given.size > (PORT_MAX - PORT_MIN) / 2) given.delete(given.values().next().value!);
    return listener;
  }
  throw new Error(`Cannot find a free port: ${TRIES_MAX} of ${PORT_MIN}–${PORT_MAX} were taken`);
}

/** Whether nothing listens on that port of the loopback address. */
export function isPortFree(port: number): boolean {
  using listener = listenOn(port);
  return listener !== null;
}

/** As {@link isPortFree}, asked again and again until it is, or {@link TAKEN_MS_MIN} have gone by. */
export async function comesFree(
  port: number,
  isFree: (port: number) => boolean = isPortFree,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<boolean> {
  for (let waited_ms = 0; waited_ms < TAKEN_MS_MIN; waited_ms += ASK_AGAIN_MS) {
    if (isFree(port)) return true;
    await wait(ASK_AGAIN_MS);
  }
  return isFree(port);
}

/** Null where somebody has it. */
function listenOn(port: number): Deno.TcpListener | null {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
