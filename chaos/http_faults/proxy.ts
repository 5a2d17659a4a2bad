/** Accepts clients and serves each on its own connection. */
import { type ProxyParts, serveClient } from "./client_connection.ts";

/** Most clients connected at once; further ones are closed. */
const CLIENT_CONNECTIONS_MAX = 1_000;
/** Pause after a failed accept, in milliseconds. */
const ACCEPT_PAUSE_MS = 50;

/** Listens on 127.0.0.1; throws if the port is in use. */
export function startProxy(port: number, parts: ProxyParts): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const clients = new Map<Deno.TcpConn, Promise<void>>();
  let is_closing = false;
  const accept = async () => {
    for (;;) {
      let conn: Deno.TcpConn;
      try {
        conn = await listener.accept();
      } catch {
        if (is_closing) return;
        // Out of descriptors, or the client left at once: neither ends the proxy.
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
        continue;
      }
      const { counters } = parts;
      counters.connections++;
      if (clients.size >= CLIENT_CONNECTIONS_MAX) {
        counters.refused++;
        conn.close();
        continue;
      }
      conn.setNoDelay(true);
      counters.open++;
      const served = serveClient(conn, parts).finally(() => {
        clients.delete(conn);
        counters.open--;
      });
      clients.set(conn, served);
    }
  };
  const accepting = accept();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      is_closing = true;
      listener.close();
      for (const conn of clients.keys()) closeQuietly(conn);
      await Promise.all([accepting, ...clients.values()]);
    },
  };
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed by its own loop.
  }
}
