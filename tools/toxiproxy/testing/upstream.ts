/** A server behind the proxy: echoes, or sends a number of bytes to each client. */

export interface Upstream extends AsyncDisposable {
  readonly address: string;
  /** Events of each connection, in order: `open`, `sent`, `5`, `end`, `ConnectionReset`. */
  readonly seen: string[][];
  readonly connections: Deno.TcpConn[];
}

/** @param options `send_bytes`: sent on connect, instead of an echo. */
export function startUpstream(options: { send_bytes?: number } = {}): Upstream {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const seen: string[][] = [];
  const connections: Deno.TcpConn[] = [];
  const working: Promise<void>[] = [];
  const accepting = (async () => {
    for (let connection; (connection = await acceptNext(listener)) !== null;) {
      const events = ["open"];
      seen.push(events);
      connections.push(connection);
      working.push(serve(connection, options.send_bytes ?? null, events));
    }
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    seen,
    connections,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of connections) closeQuietly(connection);
      await Promise.all(working);
    },
  };
}

/** Null once the listener is closed. */
async function acceptNext(listener: Deno.TcpListener): Promise<Deno.TcpConn | null> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      // Reset before it was accepted: Deno cannot name its peer.
      if (!(error instanceof Deno.errors.NotConnected)) return null;
    }
  }
}

async function serve(connection: Deno.TcpConn, send_bytes: number | null, events: string[]) {
  const buffer = new Uint8Array(65_536);
  try {
    if (send_bytes !== null) {
      await writeAll(connection, new Uint8Array(send_bytes));
      events.push("sent");
    }
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      events.push(`${count}`);
      if (send_bytes === null) await writeAll(connection, buffer.subarray(0, count));
    }
    events.push("end");
  } catch (error) {
    events.push((error as Error).name);
  }
  closeQuietly(connection);
}

export async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  let sent = 0;
  while (sent < bytes.length) sent += await connection.write(bytes.subarray(sent));
}

export function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // closed already
  }
}
