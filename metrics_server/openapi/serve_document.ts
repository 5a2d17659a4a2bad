/** `GET /openapi.json`: the document, written once. */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { etagOfBytes, isNotModified } from "../../platform/mod.ts";
import { gzipBytes, markGzip, wantsGzip, wrongMethod } from "../serve/mod.ts";
import { OPENAPI_PATH, openApiDocument } from "./document.ts";

/** Answers a request for the document; null where the path is another. */
export type OpenApi = (request: Request, path: string) => Response | Promise<Response> | null;

/** The document's bytes. */
interface Prepared {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Weak: it is the same for both encodings. */
  readonly etag: string;
  gzip: Promise<Uint8Array<ArrayBuffer>> | null;
}

/** The route; nothing is written before somebody asks. */
export function createOpenApi(): OpenApi {
  let prepared: Prepared | null = null;
  return (request, path) => {
    if (path !== OPENAPI_PATH) return null;
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") return wrongMethod(method, path);
    return answer(request, prepared ??= prepare());
  };
}

/** Text of the document, as it is sent. */
export function documentText(): string {
  return `${JSON.stringify(openApiDocument(), null, 1)}\n`;
}

function prepare(): Prepared {
  const body = new TextEncoder().encode(documentText());
  return { body, etag: `W/${etagOfBytes(body)}`, gzip: null };
}

function answer(request: Request, prepared: Prepared): Response | Promise<Response> {
  const { body, etag } = prepared;
  const headers = new Headers({ etag, "cache-control": "no-cache", vary: "accept-encoding" });
  if (isNotModified(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", JSON_CONTENT_TYPE);
  if (!wantsGzip(request)) return send(request, body, headers);
  markGzip(headers);
  prepared.gzip ??= gzipBytes(body);
  return prepared.gzip.then((short) => send(request, short, headers));
}

function send(request: Request, body: Uint8Array<ArrayBuffer>, headers: Headers): Response {
  headers.set("content-length", String(body.length));
  return new Response(request.method === "HEAD" ? null : body, { headers });
}
