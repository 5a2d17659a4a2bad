/** Static responses: the dashboard's files and the API document. */
import { etagOfBytes, isNotModified } from "../../platform/mod.ts";
import { VARIES_BY_ENCODING } from "./data_response.ts";
import { GZIP_BYTES_MIN, gzipBytes, markGzip, wantsGzip } from "./bodies.ts";
import { wrongMethod } from "./problems.ts";

export class FileAnswer {
  /** Weak, because both encodings share it. */
  readonly etag: string;
  /** Compressed at the first request for gzip. */
  #gzip: Promise<Uint8Array<ArrayBuffer>> | null = null;

  /** @param headers Sent with each response, also with a 304. */
  constructor(
    readonly body: Uint8Array<ArrayBuffer>,
    readonly content_type: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    this.etag = `W/${etagOfBytes(body)}`;
  }

  /** GET, HEAD, If-None-Match and gzip; 405 for another method, which names `path`. */
  answer(request: Request, path: string): Response | Promise<Response> {
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") return wrongMethod(method, path);
    const headers = new Headers(this.headers);
    headers.set("cache-control", "no-cache");
    headers.set("etag", this.etag);
    headers.set("vary", VARIES_BY_ENCODING);
    if (isNotModified(request.headers.get("if-none-match"), this.etag)) {
      return new Response(null, { status: 304, headers });
    }
    headers.set("content-type", this.content_type);
    if (this.body.length < GZIP_BYTES_MIN || !wantsGzip(request)) {
      return send(method, this.body, headers);
    }
    markGzip(headers);
    this.#gzip ??= gzipBytes(this.body);
    return this.#gzip.then((short) => send(method, short, headers));
  }
}

function send(method: string, body: Uint8Array<ArrayBuffer>, headers: Headers): Response {
  headers.set("content-length", String(body.length));
  return new Response(method === "HEAD" ? null : body, { headers });
}
