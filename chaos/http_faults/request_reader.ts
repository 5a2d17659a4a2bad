/** Reads a client's requests. A read is always pending, to notice when the client leaves. */
import { type HeaderLines, headerOf } from "./answer.ts";

const REQUEST_BYTES_MAX = 1_048_576;

export interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderLines;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly keep_alive: boolean;
}

interface ByteSource {
  read(into: Uint8Array): Promise<number | null>;
}

const READ_BYTES = 16_384;
const END_OF_HEAD = "\r\n\r\n";

export class BadRequest extends Error {
  override name = "BadRequest";
}

/** Splits a connection's bytes into requests. */
export class RequestReader {
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal;
  readonly #controller = new AbortController();
  #held = "";
  #more = Promise.withResolvers<void>();

  constructor(source: ByteSource, onBytes: (count: number) => void) {
    this.gone = this.#controller.signal;
    this.#pump(source, onBytes);
  }

  /** The next request; null once the client is gone. */
  async next(): Promise<Request | null> {
    for (;;) {
      const request = this.#take();
      if (request !== null) return request;
      if (this.gone.aborted) return null;
      await this.#more.promise;
    }
  }

  /** Buffers Latin-1 text, in which each code unit is a byte. */
  async #pump(source: ByteSource, onBytes: (count: number) => void): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    const decoder = new TextDecoder("latin1");
    try {
      for (let read; (read = await source.read(buffer)) !== null;) {
        onBytes(read);
        this.#held += decoder.decode(buffer.subarray(0, read), { stream: true });
        if (this.#held.length > REQUEST_BYTES_MAX) break;
        this.#wake();
      }
    } catch {
      // Reset by the client.
    }
    this.#controller.abort();
    this.#wake();
  }

  #wake(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }

  #take(): Request | null {
    const head_end = this.#held.indexOf(END_OF_HEAD);
    if (head_end < 0) return null;
    const [start, ...lines] = this.#held.slice(0, head_end).split("\r\n");
    const parts = /^([!-~]+) ([!-~]+) HTTP\/1\.([01])$/.exec(start);
    if (parts === null) throw new BadRequest(`no request line: ${JSON.stringify(start)}`);
    const headers = lines.map(headerLine);
    if (headerOf(headers, "transfer-encoding") !== null) {
      throw new BadRequest("Transfer-Encoding in a request is not supported");
    }
    const length = Number(headerOf(headers, "content-length") ?? 0);
    const end = head_end + END_OF_HEAD.length + length;
    if (!Number.isInteger(length) || length < 0) throw new BadRequest("Content-Length is no count");
    if (this.#held.length < end) return null;
    const body = Uint8Array.from(this.#held.slice(end - length, end), (unit) => unit.charCodeAt(0));
    this.#held = this.#held.slice(end);
    const [, method, target, minor] = parts;
    const connection = (headerOf(headers, "connection") ?? "").toLowerCase();
    const keep_alive = minor === "1" ? connection !== "close" : connection === "keep-alive";
    return { method, target, headers, body, keep_alive };
  }
}

function headerLine(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon <= 0) throw new BadRequest(`no header: ${JSON.stringify(line)}`);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
