/**
 * Ports that can be given up and taken again: below the range from which Linux picks the ports of
 * outgoing connections (32768–60999), so that none of those takes one while its process is down.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/** Ports tried before giving up. */
const TRIES_MAX = 100;

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

/** A port of the loopback address nobody listens on. Which one is of no meaning, so it has no seed. */
export function freePort(): number {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    if (isPortFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: ${TRIES_MAX} of ${PORT_MIN}–${PORT_MAX} were taken`);
}
