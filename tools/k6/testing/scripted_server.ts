/** A server on a raw socket that answers with exactly the bytes a test gives it. */

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** Heads of the requests so far, as they came. */
  readonly requests: string[];
  readonly connections: number;
}

/** What is sent for a request; null: nothing, and the connection is closed. */
export type Answer = string | Uint8Array | null;

/**
 * @param answer Given the request's head. What it returns is sent as it is; an answer with
 * `Connection: close` in it ends the connection.
 */
export function serveBytes(answer: (head: string) => Answer | Promise<Answer>): ScriptedServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>(), tasks: Promise<void>[] = [], requests: string[] = [];
  let connections = 0;

  async function serve(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      while (true) {
        const length = await connection.read(buffer);
        if (length === null) break;
        const head = new TextDecoder().decode(buffer.subarray(0, length));
        requests.push(head);
        const bytes = await answer(head);
        if (bytes === null) break;
        const encoded = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
        for (let at = 0; at < encoded.length;) at += await connection.write(encoded.subarray(at));
        if (new TextDecoder().decode(encoded).includes("Connection: close")) break;
      }
    } catch {
      // The client went away.
    } finally {
      open.delete(connection);
      try {
        connection.close();
      } catch {
        // closed by the test's end
      }
    }
  }

  tasks.push((async () => {
    try {
      for await (const connection of listener) {
        connections++;
        open.add(connection);
        tasks.push(serve(connection));
      }
    } catch {
      // closed
    }
  })());

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // already closed
        }
      }
      await Promise.all(tasks);
    },
  };
}
