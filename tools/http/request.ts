/** Requests as wire bytes, built once before a run. */

/** A request ready to send. */
export interface Target {
  readonly bytes: Uint8Array;
  /** A response to HEAD has no body, whatever its Content-Length. */
  readonly is_head: boolean;
}

export interface RequestParts {
  /** Default `GET`. */
  method?: string;
  /** Host header: `127.0.0.1:8080`. */
  host: string;
  /** Path and query, percent-encoded. */
  path: string;
  headers?: readonly (readonly [name: string, value: string])[];
  body?: Uint8Array;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PATH = /^[\x21-\x7e]+$/;
// deno-lint-ignore no-control-regex
const FIELD_VALUE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;

/**
 * Builds an HTTP/1.1 request, with Content-Length if it has a body.
 *
 * ```ts
 * buildRequest({ host: "127.0.0.1:8080", path: "/healthz" });
 * ```
 *
 * @throws {TypeError} if a part would break the framing.
 */
export function buildRequest(parts: RequestParts): Target {
  const { method = "GET", host, path, headers = [], body } = parts;
  demand(TOKEN.test(method), "method", method, "a token of RFC 9110");
  demand(PATH.test(host), "host", host, "visible ASCII");
  demand(PATH.test(path), "path", path, "visible ASCII: percent-encode the rest");
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`];
  for (const [name, value] of headers) {
    demand(TOKEN.test(name), "header name", name, "a token of RFC 9110");
    demand(FIELD_VALUE.test(value), `header ${name}`, value, "without control characters");
    lines.push(`${name}: ${value}`);
  }
  if (body !== undefined) lines.push(`Content-Length: ${body.length}`);
  const head = new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n");
  const bytes = new Uint8Array(head.length + (body?.length ?? 0));
  bytes.set(head);
  if (body !== undefined) bytes.set(body, head.length);
  return { bytes, is_head: method === "HEAD" };
}

function demand(holds: boolean, part: string, value: string, rule: string): void {
  if (!holds) {
    throw new TypeError(
      `Cannot build the request: ${part} must be ${rule}, got ${JSON.stringify(value)}`,
    );
  }
}
