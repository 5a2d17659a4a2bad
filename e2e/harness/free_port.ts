/**
 * Ports that can be given up and taken again: below the range from which Linux picks the ports of
 * outgoing connections (32768–60999), so that none of those takes one meanwhile.
 */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const TRIES_MAX = 100;

/** Listens on the loopback address, on a port that nobody had. */
export function listenOnFreePort(): Deno.TcpListener {
  for (let tries = 1;; tries++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || tries === TRIES_MAX) throw error;
    }
  }
}

/** Such a port, for a service. */
export function freePort(): number {
  using listener = listenOnFreePort();
  return listener.addr.port;
}
