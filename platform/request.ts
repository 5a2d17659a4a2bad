/** Reading requests: target, host, conditions. */

/** Longest header value that is parsed; parsing 62 KB of `a,a,…` takes 10 ms. */
export const HEADER_CHARS_MAX = 1024;

const HTTP_CHARS = "http://".length;
const HTTPS_CHARS = "https://".length;
const COLON = 58;

/** Characters of a wrong host that an answer repeats. */
const HOST_CHARS_SHOWN = 128;

/** Characters that end the host of a URL (RFC 3986 §3.2). */
const ENDS_HOST = /[/?#]/;

/**
 * Splits a request's URL without normalizing it: `/counters/../x` is not `/x`. Cheaper than `new
 * URL`, but only correct if {@link hostOf} is not null.
 *
 * ```ts
 * splitUrl("http://localhost:8080/stats?x=1"); // ["/stats", "x=1"]
 * ```
 */
export function splitUrl(url: string): [path: string, query: string] {
  const path_at = url.indexOf("/", authorityFrom(url));
  if (path_at < 0) return ["/", ""];
  const query_at = url.indexOf("?", path_at);
  if (query_at < 0) return [url.slice(path_at), ""];
  return [url.slice(path_at, query_at), url.slice(query_at + 1)];
}

/**
 * The host of a request, as in its URL; null if it is invalid or `Host` is missing, which HTTP/1.1
 * requires (RFC 9112 §3.2). Deno concatenates `Host` and the request line unchecked, so
 * `Host: a/healthz?` would choose the path, and makes up a missing one.
 */
export function hostOf({ url, headers }: Pick<Request, "url" | "headers">): string | null {
  const header = headers.get("host");
  // HTTP/2, which browsers use with TLS, has the host in the URL alone (RFC 9113 §8.3.1).
  if (header === null ? !url.startsWith("https:") : ENDS_HOST.test(header)) return null;
  // The host of an absolute URL in the request line takes precedence over the header.
  const host = authorityOf(url);
  return ENDS_HOST.test(host) ? null : host;
}

/** Why {@link hostOf} is null, and what to do. */
export function hostProblem({ url, headers }: Pick<Request, "url" | "headers">): string {
  const header = headers.get("host");
  if (header === null) return "The request has no Host: send one, as HTTP/1.1 requires";
  const host = ENDS_HOST.test(header) ? header : authorityOf(url);
  return `Host: ${host.slice(0, HOST_CHARS_SHOWN)}: must be a name or an address, with a port ` +
    "or without";
}

function authorityOf(url: string): string {
  const from = authorityFrom(url);
  const path_at = url.indexOf("/", from);
  return path_at < 0 ? url.slice(from) : url.slice(from, path_at);
}

/** Where the host of an `http:` or `https:` URL starts. */
function authorityFrom(url: string): number {
  return url.charCodeAt(4) === COLON ? HTTP_CHARS : HTTPS_CHARS;
}

/**
 * Marks that proxies append to the tag of a response they compressed or decompressed: Apache
 * (`-gzip`, `-gunzip`, `-br`; `;gzip` before 2.4), Caddy and lighttpd (`-zstd`, `-deflate`), Jetty
 * (`--gzip`). At most one for each of {@link CODINGS_MAX} proxies.
 */
const CODING = "(?:-|--|;)(?:gzip|gunzip|br|zstd|deflate)";
const CODINGS_MAX = 3;
const CODED_END = new RegExp(`(?:${CODING}){1,${CODINGS_MAX}}$`);
const END_OF_TAG = new RegExp(`^(?:${CODING}){0,${CODINGS_MAX}}"[ \\t]*(?:,|$)`);

/** Characters read after an id in `If-None-Match`: marks of proxies, blanks, a comma. */
const TAG_END_CHARS_MAX = 64;

/**
 * An ETag's id without the marks that proxies append for content codings.
 *
 * ```ts
 * withoutCodings("a-1-gzip"); // "a-1"
 * ```
 */
export function withoutCodings(id: string): string {
  return id.replace(CODED_END, "");
}

/**
 * Whether `If-None-Match` (RFC 9110 §13.1.2) names the representation, so that GET and HEAD are
 * answered 304. Accepts a list, `*`, and tags that a compressing proxy has rewritten; ignores `W/`
 * on both sides. Nothing in a value of more than {@link HEADER_CHARS_MAX} characters matches.
 *
 * ```ts
 * isNotModified('"a-1", W/"a-2-gzip"', '"a-2"'); // true
 * ```
 *
 * @param if_none_match The request's header, or null.
 * @param etag The representation's ETag, with its quotes.
 */
export function isNotModified(if_none_match: string | null, etag: string): boolean {
  if (if_none_match === null) return false;
  if (if_none_match === etag) return true;
  if (if_none_match.length > HEADER_CHARS_MAX) return false;
  const header = if_none_match.trim();
  if (header === "*") return true;
  const start = etag.slice(etag.indexOf('"'), -1);
  for (let at = header.indexOf(start); at >= 0; at = header.indexOf(start, at + 1)) {
    const rest_at = at + start.length;
    if (!STARTS_TAG.test(header.slice(Math.max(0, at - 3), at))) continue;
    if (END_OF_TAG.test(header.slice(rest_at, rest_at + TAG_END_CHARS_MAX))) return true;
  }
  return false;
}

/** The start of the header, a comma or a blank before a tag, and the mark of a weak one. */
const STARTS_TAG = /(?:^|[, \t])(?:W\/)?$/;

/**
 * ETag of a file: two FNV-1a hashes from different starts. Not for security.
 *
 * ```ts
 * etagOfBytes(new TextEncoder().encode("a")); // '"e40c292c050c5d3e"'
 * ```
 */
export function etagOfBytes(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b);
  }
  const hex = (hash: number) => (hash >>> 0).toString(16).padStart(8, "0");
  return `"${hex(a)}${hex(b)}"`;
}
