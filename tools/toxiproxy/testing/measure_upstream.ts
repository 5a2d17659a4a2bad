/** Worker: a server that echoes, or sends 256 MiB to a client whose first byte is 1. */
import { writeAll } from "./upstream.ts";

export const BULK_BYTES = 268_435_456;
const PIECE = new Uint8Array(262_144);

async function serve(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      if (buffer[0] === 1) {
        for (let sent = 0; sent < BULK_BYTES; sent += PIECE.length) {
          await writeAll(connection, PIECE);
        }
      } else await writeAll(connection, buffer.subarray(0, count));
    }
    connection.close();
  } catch {
    // The client has closed the connection.
  }
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  self.postMessage(listener.addr.port);
  for await (const connection of listener) serve(connection);
}
