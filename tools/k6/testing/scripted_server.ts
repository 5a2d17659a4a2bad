/** A server on a raw socket that sends exactly the bytes a test gives it. */

/** The bytes of a response; null closes the connection without one. */
export type Answer = string | Uint8Array | null;

/** `answer` takes the head of a request; bytes with `Connection: close` close the connection. */
export function serveBytes(answer: (head: string) => Answer | Promise<Answer>) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>(), tasks: Promise<void>[] = [], requests: string[] = [];
  let connections = 0;

  async function serve(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    while (true) {
      const length = await connection.read(buffer);
      if (length === null) return;
      const head = new TextDecoder().decode(buffer.subarray(0, length));
      requests.push(head);
      const bytes = await answer(head);
      if (bytes === null) return;
      const encoded = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
      for (let at = 0; at < encoded.length;) at += await connection.write(encoded.subarray(at));
      if (new TextDecoder().decode(encoded).includes("Connection: close")) return;
    }
  }

  function close(connection: Deno.Conn): void {
    if (open.delete(connection)) connection.close();
  }

  async function accept(): Promise<void> {
    for await (const connection of listener) {
      connections++;
      open.add(connection);
      // The client may close first.
      tasks.push(serve(connection).catch(() => {}).finally(() => close(connection)));
    }
  }

  tasks.push(accept());
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    /** Heads of the received requests, in order. */
    requests,
    get connections(): number {
      return connections;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      open.forEach(close);
      await Promise.all(tasks);
    },
  };
}
