/** HTTP over a plain TCP connection, to check the bytes on the wire. */
import { joinBytes } from "../../platform/mod.ts";
import { within } from "../../tools/verdict/mod.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

const DEADLINE_MS = 5_000;

const CHUNK_BYTES = 1 << 16;

interface RawResponse {
  status: number;
  /** Names in lower case. */
  headers: Map<string, string>;
  body: Uint8Array;
}

/** A connection that sends text and reads responses one by one. */
export class RawConnection implements Disposable {
  readonly #connection: Deno.Conn;
  #unread: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  static async open(port: number): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async send(text: string): Promise<void> {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) {
      at += await this.#connection.write(bytes.subarray(at));
    }
  }

  /** Reads the next response; its body is truncated if the connection breaks. */
  async readResponse(has_body = true): Promise<RawResponse> {
    let end = -1;
    while ((end = decoder.decode(this.#unread).indexOf("\r\n\r\n")) < 0) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const read = await this.#read(chunk);
      if (read === 0) throw new Error("Cannot read a response: connection closed");
      this.#unread = joinBytes([this.#unread, chunk.subarray(0, read)]);
    }
    const [status_line, ...lines] = decoder.decode(this.#take(end + 4)).trimEnd().split("\r\n");
    const headers = new Map(lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }));
    const length = has_body ? Number(headers.get("content-length") ?? 0) : 0;
    const body = await this.#readBody(length);
    return { status: Number(status_line.split(" ")[1]), headers, body };
  }

  /** Received bytes after the last response. */
  get unread_bytes(): number {
    return this.#unread.length;
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readBody(length: number): Promise<Uint8Array> {
    const body = new Uint8Array(length);
    const here = this.#take(Math.min(length, this.#unread.length));
    body.set(here);
    let at = here.length;
    while (at < length) {
      const read = await this.#read(body.subarray(at));
      if (read === 0) return body.subarray(0, at);
      at += read;
    }
    return body;
  }

  #take(length: number): Uint8Array {
    const taken = this.#unread.slice(0, length);
    this.#unread = this.#unread.slice(length);
    return taken;
  }

  /** Bytes read; 0 if the connection is closed or broken. */
  async #read(into: Uint8Array): Promise<number> {
    const reading = this.#connection.read(into).catch(() => null);
    return await within("bytes", reading, DEADLINE_MS) ?? 0;
  }
}
