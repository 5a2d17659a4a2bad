/** Entity tags of HTTP: making them and judging conditional requests by them (RFC 9110 §8.8.3, §13.1). */

/** SHA-256 in Base64 is longer; this much of it tells entities apart well enough. */
const HASH_CHARS = 27;
/** Hash of no bytes at all, taken whatever the algorithm. */
const EMPTY_HASH = "47DEQpj8HBSa+/TImW+5JCeuQeR";
const WEAK_PREFIX = "W/";

/** What is known of a file without reading it. */
export interface FileInfo {
  mtime: Date | null;
  /** In bytes. */
  size: number;
}

/** Options of {@linkcode eTag}. */
export interface ETagOptions {
  /** "SHA-256" by default. */
  algorithm?: AlgorithmIdentifier;
  /**
   * Whether the tag stands for equivalent entities, not for the same bytes; by default only that of
   * a file does.
   */
  weak?: boolean;
}

/**
 * An entity tag: size in hexadecimal and a hash. A file's tag is made of its size and time of
 * change; without that time there is none.
 *
 * ```ts
 * await eTag("hello"); // '"5-LPJNul+wow4m6DsqxbninhsWHlw"'
 * ```
 */
export async function eTag(entity: string | Uint8Array, options?: ETagOptions): Promise<string>;
export async function eTag(entity: FileInfo, options?: ETagOptions): Promise<string | undefined>;
export async function eTag(
  entity: string | Uint8Array | FileInfo,
  options: ETagOptions = {},
): Promise<string | undefined> {
  const { algorithm = "SHA-256", weak } = options;
  if (typeof entity !== "string" && !(entity instanceof Uint8Array)) {
    if (!entity.mtime) return undefined;
    const changed = new TextEncoder().encode(entity.mtime.toJSON());
    return tag(entity.size, await hash(changed, algorithm), weak ?? true);
  }
  const bytes = typeof entity === "string" ? new TextEncoder().encode(entity) : entity;
  return tag(bytes.byteLength, await hash(bytes, algorithm), weak ?? false);
}

function tag(size_bytes: number, hashed: string, weak: boolean): string {
  return `${weak ? WEAK_PREFIX : ""}"${size_bytes.toString(16)}-${hashed}"`;
}

async function hash(bytes: Uint8Array, algorithm: AlgorithmIdentifier): Promise<string> {
  if (bytes.byteLength === 0) return EMPTY_HASH;
  const digest = await crypto.subtle.digest(algorithm, bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toBase64().slice(0, HASH_CHARS);
}

/**
 * Whether a request with this `If-Match` may go on: `*`, or a list that names `etag`, compared
 * strongly (a weak tag never matches). Without a header or a tag it may not.
 *
 * ```ts
 * ifMatch('"a", "b"', '"b"'); // true
 * ```
 */
export function ifMatch(value: string | null, etag: string | undefined): boolean {
  if (!value || !etag || etag.startsWith(WEAK_PREFIX)) return false;
  return isAny(value) || tagsOf(value).includes(etag);
}

/**
 * Whether a request with this `If-None-Match` is to be answered in full: neither `*` nor a list that
 * names `etag`, compared weakly (`W/` counts for nothing). Without a header or a tag it is.
 *
 * ```ts
 * ifNoneMatch('W/"a", "b"', '"a"'); // false: 304
 * ```
 */
export function ifNoneMatch(value: string | null, etag: string | undefined): boolean {
  if (!value || !etag) return true;
  return !isAny(value) && !tagsOf(value).map(opaque).includes(opaque(etag));
}

function isAny(value: string): boolean {
  return value.trim() === "*";
}

function tagsOf(value: string): string[] {
  return value.split(/\s*,\s*/);
}

function opaque(etag: string): string {
  return etag.startsWith(WEAK_PREFIX) ? etag.slice(WEAK_PREFIX.length) : etag;
}
