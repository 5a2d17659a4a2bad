/** Conditional requests (RFC 9110 §13.1.2). */
import { ifNoneMatch } from "@std/http/etag";

/**
 * Whether a request's `If-None-Match` names the representation at hand, so that 304 is the answer
 * to GET and HEAD. Takes a list and `*`; compares weakly (`W/` is ignored on both sides).
 *
 * ```ts
 * isNotModified('"a-1", W/"a-2"', '"a-2"'); // true
 * ```
 *
 * @param if_none_match The request's header, or null where there is none.
 * @param etag The representation's ETag, with its quotes.
 */
export function isNotModified(if_none_match: string | null, etag: string): boolean {
  if (if_none_match === null) return false;
  // Equal is by far the most frequent match, and the only one where a tag may hold a comma.
  return if_none_match === etag || !ifNoneMatch(if_none_match.trim(), etag);
}

/**
 * ETag of a file: two FNV-1a hashes from different starts. Tells versions apart, keeps nobody out.
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
