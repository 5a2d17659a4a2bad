/** Path and query of a request, as its request line has them. */

/** `http://x/` is the shortest beginning of a URL: its path starts no earlier. */
const AUTHORITY_FROM = "http://".length;

/** What ends the host in a URL (RFC 3986 §3.2), so that what follows would be taken for the path. */
const ENDS_HOST = /[/?#]/;

/**
 * Splits a request's URL without normalizing it: `/counters/../x` is not `/x`. Cheaper than
 * `new URL`, and sound only where {@link brokenHost} found nothing.
 *
 * ```ts
 * splitUrl("http://localhost:8080/stats?x=1"); // ["/stats", "x=1"]
 * ```
 */
export function splitUrl(url: string): [path: string, query: string] {
  const path_at = url.indexOf("/", AUTHORITY_FROM);
  if (path_at < 0) return ["/", ""];
  const query_at = url.indexOf("?", path_at);
  if (query_at < 0) return [url.slice(path_at), ""];
  return [url.slice(path_at, query_at), url.slice(query_at + 1)];
}

/**
 * The host of a request where it cannot be one, else null. Deno puts URLs together from `Host` and
 * the request line as they come: `Host: a/healthz?` would choose the path.
 */
export function brokenHost({ url, headers }: Pick<Request, "url" | "headers">): string | null {
  const host = headers.get("host");
  if (host !== null && ENDS_HOST.test(host)) return host;
  // A request line with a whole URL has a host of its own, which goes before the header.
  const path_at = url.indexOf("/", AUTHORITY_FROM);
  const authority = path_at < 0 ? url.slice(AUTHORITY_FROM) : url.slice(AUTHORITY_FROM, path_at);
  return ENDS_HOST.test(authority) ? authority : null;
}
