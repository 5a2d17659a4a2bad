/** Source URLs as requested. Pure. */
import { basicCredentials } from "../../platform/mod.ts";

/** Lines of a request's head; `fetch` sends two of one name as two lines. */
export type HeaderLines = [name: string, value: string][];

const ACCEPT = "text/csv, text/plain;q=0.9, */*;q=0.1";

/**
 * `fetch` leaves the body as it was sent only if the first line is `identity`. Otherwise it decodes
 * the first gzip member and drops the others without an error (Deno 2.9). Only `gzip` is requested,
 * because `br` and raw `deflate` have no checksum.
 */
const ACCEPT_ENCODING: HeaderLines = [
  ["accept-encoding", "identity"],
  ["accept-encoding", "gzip"],
];

/**
 * URL and headers of a poll. `fetch` rejects `http://user:password@host/`, so user and password
 * become Basic authentication (RFC 7617, as UTF-8).
 *
 * ```ts
 * addressOf("http://u:p@host/csv", '"a-1"'); // { url: http://host/csv, headers: [accept,
 * // accept-encoding, if-none-match: "\"a-1\"", authorization: "Basic dTpw"] }
 * ```
 *
 * @param etag ETag of the current snapshot, or null.
 */
export function addressOf(url: string, etag: string | null): { url: URL; headers: HeaderLines } {
  const address = new URL(url);
  const headers: HeaderLines = [["accept", ACCEPT], ...ACCEPT_ENCODING];
  if (etag !== null) headers.push(["if-none-match", etag]);
  const credentials = basicCredentials(address);
  if (credentials !== null) headers.push(["authorization", `Basic ${credentials}`]);
  address.username = address.password = "";
  // Never sent, but part of the URL that `fetch` reports.
  address.hash = "";
  return { url: address, headers };
}
