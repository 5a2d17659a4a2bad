/** One request on a connection of its own; the whole response is kept. */
import { HttpConnection, monotonicNow, tcpDial } from "./connection.ts";
import { RESPONSE_TIMEOUT_MS, TIMEOUT_SWEEP_MS } from "./limits.ts";
import { buildRequest, type RequestParts } from "./request.ts";

/** A complete response. */
export interface RawAnswer {
  status: number;
  /** In wire order and case. */
  headers: [name: string, value: string][];
  body: Uint8Array;
}

/**
 * Sends one request.
 *
 * ```ts
 * const { status } = await fetchRaw({ host: "127.0.0.1:8080", path: "/healthz" });
 * ```
 *
 * @throws {Error} names the request and its {@link ErrorKind} if the response is not complete.
 */
export async function fetchRaw(
  parts: RequestParts,
  timeout_ms: number = RESPONSE_TIMEOUT_MS,
): Promise<RawAnswer> {
  const url = new URL(`http://${parts.host}`);
  let head = "";
  const chunks: BlobPart[] = [];
  const connection = new HttpConnection({
    dial: tcpDial(url.hostname, Number(url.port || 80)),
    now: monotonicNow,
    connect_timeout_ms: timeout_ms,
    response_timeout_ms: timeout_ms,
    sink: {
      onHead: (bytes) => head = String.fromCharCode(...bytes), // Latin-1
      onBody: (bytes) => chunks.push(bytes.slice()),
    },
  });
  const sweep = setInterval(() => connection.expire(monotonicNow()), TIMEOUT_SWEEP_MS);
  try {
    const error = await connection.open() ?? await connection.exchange(buildRequest(parts));
    if (error !== null) {
      throw new Error(`Cannot get http://${parts.host}${parts.path}: ${error}`);
    }
    const body = new Uint8Array(await new Blob(chunks).arrayBuffer());
    return { status: connection.parser.status, headers: headersOf(head), body };
  } finally {
    clearInterval(sweep);
    connection.close();
  }
}

/** Fetches JSON; any status but 200 is an error. */
export async function fetchJson<T>(host: string, path: string, timeout_ms?: number): Promise<T> {
  const { status, body } = await fetchRaw({ host, path }, timeout_ms);
  const text = new TextDecoder().decode(body);
  if (status !== 200) {
    throw new Error(`Cannot use http://${host}${path}: status ${status}: ${text}`);
  }
  return JSON.parse(text);
}

function headersOf(head: string): [string, string][] {
  return head.split("\r\n").slice(1, -2).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}
