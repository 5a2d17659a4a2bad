/** Conditional requests by entity tag (RFC 9110 §13.1). */

const WEAK_PREFIX = "W/";

/**
 * Whether a request with this `If-None-Match` needs a full response: the header is neither `*` nor
 * a list with `etag`, compared weakly (`W/` is ignored). Also `true` without a header or a tag.
 *
 * ```ts
 * ifNoneMatch('W/"a", "b"', '"a"'); // false: 304
 * ```
 */
export function ifNoneMatch(value: string | null, etag: string | undefined): boolean {
  if (!value || !etag) return true;
  return value.trim() !== "*" && !value.split(/\s*,\s*/).map(opaque).includes(opaque(etag));
}

function opaque(etag: string): string {
  return etag.startsWith(WEAK_PREFIX) ? etag.slice(WEAK_PREFIX.length) : etag;
}
