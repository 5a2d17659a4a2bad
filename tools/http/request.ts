/** Requests as the bytes that go on the wire, built once before a run. */

/** A request ready to be sent. */
export interface Target {
  /** Head and body. */
  readonly bytes: Uint8Array;
  /** The answer to HEAD has no body, whatever its Content-Length says. */
  readonly is_head: boolean;
}

/** What a {@link Target} is built from. */
export interface RequestParts {
  /** Default `GET`. */
  method?: string;
  /** `127.0.0.1:8080`, as it goes into the Host header. */
  host: string;
  /** Path and query, already percent-encoded. */
  path: string;
  headers?: readonly (readonly [name: string, value: string])[];
  body?: Uint8Array;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PATH = /^[\x21-\x7e]+$/;
// deno-lint-ignore no-control-regex
const FIELD_VALUE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;

/**
 * Bytes of one HTTP/1.1 request. `Content-Length` is added where there is a body.
 *
 * ```ts
 * buildRequest({ host: "127.0.0.1:8080", path: "/healthz" });
 * ```
 *
 * @throws {TypeError} where a part would break out of its place on the wire.
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
  return { bytes: body === undefined ? head : joined(head, body), is_head: method === "HEAD" };
}

function demand(holds: boolean, part: string, value: string, rule: string): void {
  if (!holds) {
    throw new TypeError(
      `Cannot build the request: ${part} must be ${rule}, got ${JSON.stringify(value)}`,
    );
  }
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
