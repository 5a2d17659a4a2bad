/** Source URLs: as requested, and as shown. Pure. */

const ACCEPT = "text/csv, text/plain;q=0.9, */*;q=0.1";

const encoder = new TextEncoder();

/**
 * URL and headers of a poll. `fetch` rejects `http://user:password@host/`, so user and password
 * become Basic authentication (RFC 7617, as UTF-8).
 *
 * ```ts
 * addressOf("http://u:p@host/csv", '"a-1"'); // { url: http://host/csv, headers: { accept,
 * // authorization: "Basic dTpw", if-none-match: "\"a-1\"" } }
 * ```
 *
 * @param etag ETag of the current snapshot, or null.
 */
export function addressOf(url: string, etag: string | null): { url: URL; headers: Headers } {
  const address = new URL(url);
  const headers = new Headers({ accept: ACCEPT });
  if (etag !== null) headers.set("if-none-match", etag);
  if (address.username !== "" || address.password !== "") {
    const pair = encoder.encode(`${decoded(address.username)}:${decoded(address.password)}`);
    headers.set("authorization", `Basic ${btoa(String.fromCharCode(...pair))}`);
    address.username = address.password = "";
  }
  return { url: address, headers };
}

/** The URL without user name and password. */
export function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return shown.href;
}

/** Percent-decoded; a malformed escape stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
