/**
 * Ports that can be given up and taken again: below the range from which Linux picks the ports of
 * outgoing connections (32768–60999), so that none of those takes one while its process is down.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/** Ports tried before giving up. */
const TRIES_MAX = 200;

/** Given to somebody already, who may not listen yet. */
const given = new Set<number>();

/** Whether nothing listens on that port of the loopback address. */
export function isPortFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/**
 * A port of the loopback address nobody listens on, another each time. Which one is of no meaning,
 * so it has no seed.
 */
export function freePort(): number {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    if (given.has(port) || !isPortFree(port)) continue;
    given.add(port);
    // A long life asks for more than there are: the oldest may be had again.
    if (given.size > (PORT_MAX - PORT_MIN) / 2) given.delete(given.values().next().value!);
    return port;
  }
  throw new Error(`Cannot find a free port: ${TRIES_MAX} of ${PORT_MIN}–${PORT_MAX} were taken`);
}
