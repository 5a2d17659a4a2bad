/**
 * HTTP/1.1 (RFC 9112) on a bare socket, for what `fetch` hides: bytes as they are sent, several
 * requests at once, answers left unread.
 */
import { ByteReader } from "./byte_reader.ts";
import { within } from "./until.ts";

/** One answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- the tests check the shape
  json(): any;
}

/** What of an answer comes before its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/** What is asked; the method is GET where left out. */
export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const encoder = new TextEncoder();

/** A connection. */
export class HttpSocket implements Disposable {
  readonly #reader: ByteReader;
  #is_closed = false;

  private constructor(readonly conn: Deno.TcpConn) {
    this.#reader = new ByteReader(conn);
  }

  static async connect(port: number): Promise<HttpSocket> {
    return new HttpSocket(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends text or bytes just as they are. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
  }

  /** Sends a request for this target. */
  async ask(target: string, ask: Ask = {}): Promise<void> {
    await this.send(requestText(target, ask));
  }

  /** Reads status and headers of the next answer. */
  async readHead(): Promise<AnswerHead> {
    const [status_line, ...lines] = (await this.#reader.until("\r\n\r\n")).split("\r\n");
    const match = /^HTTP\/1\.1 (\d{3})/.exec(status_line);
    if (match === null) throw new Error(`no status line: ${JSON.stringify(status_line)}`);
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    return { status: Number(match[1]), headers };
  }

  /** Reads the next answer; the answer to a HEAD request has no body. */
  async read(method = "GET"): Promise<Answer> {
    const head = await this.readHead();
    return answerOf(head, await this.readBody(head, method));
  }

  /** Reads the body that follows a head. */
  async readBody(head: AnswerHead, method = "GET"): Promise<Uint8Array<ArrayBuffer>> {
    const { status, headers } = head;
    if (method === "HEAD" || status === 204 || status === 304) return new Uint8Array(0);
    if (headers.get("transfer-encoding") === "chunked") return await this.#readChunks();
    const length = headers.get("content-length");
    return length === null ? await this.#reader.toEnd() : await this.#reader.exactly(+length);
  }

  /** Resolves with what still comes until the other side closes. */
  rest(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#reader.toEnd();
  }

  close(): void {
    if (this.#is_closed) return;
    this.#is_closed = true;
    this.conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readChunks(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const size = parseInt(await this.#reader.until("\r\n"), 16);
      if (size === 0) break;
      chunks.push(await this.#reader.exactly(size));
      await this.#reader.until("\r\n");
    }
    await this.#reader.until("\r\n");
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  }
}

/** Text of a request. */
export function requestText(target: string, { method = "GET", headers = {}, body }: Ask): string {
  const all: Record<string, string> = { host: "127.0.0.1", ...headers };
  if (body !== undefined) all["content-length"] = String(encoder.encode(body).length);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}

/** One request on a connection of its own. */
export async function request(
  { port }: { readonly port: number },
  target: string,
  ask: Ask = {},
): Promise<Answer> {
  using socket = await HttpSocket.connect(port);
  await socket.ask(target, ask);
  return await within(`the answer to ${target.slice(0, 80)}`, socket.read(ask.method));
}

function answerOf(head: AnswerHead, bytes: Uint8Array<ArrayBuffer>): Answer {
  const text = new TextDecoder().decode(bytes);
  return { ...head, bytes, text, json: () => JSON.parse(text) };
}
