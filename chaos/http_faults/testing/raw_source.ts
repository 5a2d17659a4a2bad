/** A source on a raw socket, with answers and disconnects under the test's control. */

const END_OF_HEAD = "\r\n\r\n";

export interface RawSource extends AsyncDisposable {
  readonly port: number;
  /** Heads of the requests so far. */
  readonly heads: string[];
  readonly accepted: number;
  /** The answer to the next request; null: no answer. */
  answer: (head: string) => string | null;
  closeAll(): void;
}

/** Starts a source that answers with {@link SAMPLE}, or with 304 to its ETag. */
export function startRawSource(): RawSource {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns = new Set<Deno.TcpConn>();
  const source = {
    port: listener.addr.port,
    heads: [] as string[],
    accepted: 0,
    answer: sample as RawSource["answer"],
    closeAll() {
      for (const conn of conns) {
        conns.delete(conn);
        conn.close();
      }
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      source.closeAll();
      await accepting;
    },
  };
  const serve = async (conn: Deno.TcpConn) => {
    const buffer = new Uint8Array(16_384);
    let held = "";
    for (let read; (read = await conn.read(buffer).catch(() => null)) !== null;) {
      held += new TextDecoder().decode(buffer.subarray(0, read));
      for (let end; (end = held.indexOf(END_OF_HEAD)) >= 0;) {
        const head = held.slice(0, end);
        held = held.slice(end + END_OF_HEAD.length);
        source.heads.push(head);
        const answer = source.answer(head);
        if (answer !== null) await conn.write(new TextEncoder().encode(answer)).catch(() => {});
      }
    }
    if (conns.delete(conn)) conn.close();
  };
  const accept = async () => {
    const served: Promise<void>[] = [];
    for await (const conn of listener) {
      source.accepted++;
      conns.add(conn);
      served.push(serve(conn));
    }
    await Promise.all(served);
  };
  const accepting = accept();
  return source;
}

/** The default answer's body. */
export const SAMPLE = "switch_id,a,errors\nsw-0,1.5,40\nsw-1,2.5,41\n";

function sample(head: string): string {
  const headers = 'ETag: "boot-1"\r\nX-Snapshot-Ts: 1700000000000\r\n';
  if (/if-none-match: "boot-1"/i.test(head)) return `HTTP/1.1 304 Not Modified\r\n${headers}\r\n`;
  return `HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n${headers}` +
    `Content-Length: ${SAMPLE.length}\r\n\r\n${SAMPLE}`;
}
