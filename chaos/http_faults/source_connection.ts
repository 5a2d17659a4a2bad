/** A client's own connection to the source: when one side closes, the proxy closes the other. */
import { joinBytes } from "../../platform/mod.ts";
import { ResponseParser } from "../../tools/http/mod.ts";
import type { Answer } from "./answer.ts";

const SOURCE_BODY_BYTES_MAX = 268_435_456;
const SOURCE_CONNECT_MS_MAX = 5_000;

const READ_BYTES = 65_536;

interface Exchange {
  head: string;
  readonly pieces: Uint8Array<ArrayBuffer>[];
  readonly outcome: PromiseWithResolvers<Answer>;
}

/** Always has a read pending, to notice when the source closes an idle connection. */
export class SourceConnection {
  readonly closed: Promise<void>;
  readonly #conn: Deno.TcpConn;
  readonly #parser: ResponseParser;
  #exchange: Exchange | null = null;
  #is_closed = false;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.#parser = new ResponseParser({
      onHead: (bytes) => this.#exchange!.head = new TextDecoder("latin1").decode(bytes),
      onBody: (bytes) => this.#exchange!.pieces.push(new Uint8Array(bytes)),
    }, SOURCE_BODY_BYTES_MAX);
    this.closed = this.#pump();
  }

  static async open(hostname: string, port: number): Promise<SourceConnection> {
    const signal = AbortSignal.timeout(SOURCE_CONNECT_MS_MAX);
    const conn = await Deno.connect({ hostname, port, signal });
    conn.setNoDelay(true);
    return new SourceConnection(conn);
  }

  get is_open(): boolean {
    return !this.#is_closed;
  }

  /** Sends a request and returns the whole answer; one exchange at a time. */
  async exchange(request: Uint8Array, is_head: boolean): Promise<Answer> {
    const outcome = Promise.withResolvers<Answer>();
    this.#exchange = { head: "", pieces: [], outcome };
    this.#parser.begin(is_head);
    try {
      for (let at = 0; at < request.length;) at += await this.#conn.write(request.subarray(at));
    } catch (error) {
      outcome.reject(error);
    }
    return await outcome.promise;
  }

  close(): void {
    if (this.#is_closed) return;
    this.#is_closed = true;
    this.#conn.close();
  }

  async #pump(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      for (let read; (read = await this.#conn.read(buffer)) !== null;) {
        if (this.#exchange === null) break; // bytes without a request
        this.#parser.feed(buffer, 0, read);
        if (this.#parser.failed) break;
        if (this.#parser.done) this.#finish();
      }
      if (this.#exchange !== null && this.#parser.end()) this.#finish();
    } catch {
      // Reset, or closed by the proxy.
    }
    this.close();
    const why = this.#parser.fault ?? "the connection closed early";
    this.#exchange?.outcome.reject(new Error(`incomplete answer from the source: ${why}`));
  }

  #finish(): void {
    const { head, pieces, outcome } = this.#exchange!;
    this.#exchange = null;
    const [status_line, ...lines] = head.split("\r\n").filter((line) => line !== "");
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    outcome.resolve({
      status: this.#parser.status,
      reason: status_line.split(" ").slice(2).join(" "),
      headers,
      body: joinBytes(pieces),
    });
    if (!this.#parser.keep_alive) this.close();
  }
}
