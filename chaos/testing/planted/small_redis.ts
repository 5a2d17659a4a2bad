/** A Redis client in a few lines: one command at a time, over one connection. */

/** Deadline of a command, in milliseconds. */
const COMMAND_MS_MAX = 500;
/** Longest reply: a snapshot of a small fabric. */
const REPLY_BYTES_MAX = 1_048_576;

export class SmallRedis {
  readonly #address: { hostname: string; port: number };
  #connection: Deno.Conn | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @param url `redis://127.0.0.1:6379` */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#address = { hostname, port: Number(port) };
  }

  /** The reply as text; null if there is none. Throws on an error or after the deadline. */
  command(...words: string[]): Promise<string | null> {
    const reply = this.#last.then(() => this.#send(words));
    this.#last = reply.catch(() => {});
    return reply;
  }

  async #send(words: readonly string[]): Promise<string | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const connection = this.#connection ??= await Deno.connect(this.#address);
      timer = setTimeout(() => this.#close(), COMMAND_MS_MAX);
      const encoder = new TextEncoder();
      const parts = words.map((word) => `$${encoder.encode(word).length}\r\n${word}\r\n`);
      const bytes = encoder.encode(`*${words.length}\r\n${parts.join("")}`);
      for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
      return await readReply(connection);
    } catch (error) {
      this.#close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #close(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}

async function readReply(connection: Deno.Conn): Promise<string | null> {
  const buffer = new Uint8Array(REPLY_BYTES_MAX);
  let filled = 0;
  for (;;) {
    const read = await connection.read(buffer.subarray(filled));
    if (read === null || filled + read === buffer.length) throw new Error("no whole reply");
    filled += read;
    const line_end = buffer.subarray(0, filled).indexOf(10);
    if (line_end < 0) continue;
    const text = (from: number, to: number) => new TextDecoder().decode(buffer.subarray(from, to));
    const type = text(0, 1), head = text(1, line_end - 1);
    if (type === "-") throw new Error(head);
    if (type !== "$") return head;
    if (head === "-1") return null;
    const body = line_end + 1, end = body + Number(head);
    if (filled >= end + 2) return text(body, end);
  }
}
