/**
 * A stored snapshot: the accepted body and what its answer declared, in one block of bytes.
 *
 *     fabric-telemetry snapshot 1\n     format and its version
 *     sha256 <64 hex digits>\n          of all bytes that follow
 *     {"source":"http://…",…}\n         declared values
 *     switch_id,bandwidth_gbps,…        the body
 */
import { createHash } from "node:crypto";
import { idOfEtag } from "../../contracts/mod.ts";
import { areIntervals, type SavedSnapshot } from "../poll/mod.ts";
import { EntryError } from "./snapshot_store.ts";

const FORMAT = "fabric-telemetry snapshot ";
const VERSION = "1";

/** Longest line in the head of a stored snapshot: a URL, an ETag and some numbers. */
const LINE_BYTES_MAX = 64 * 1024;

const LF = 10;

/** Place of a published snapshot in the order of all: by election, then by count. */
export interface Version {
  /** Fencing number of the leader that published it. */
  readonly fence: number;
  /** The leader's publications so far, this one included. */
  readonly n: number;
}

export interface Entry extends SavedSnapshot {
  /** Name of the source, see `sourceName`. */
  readonly source: string;
  /** Null for an entry that one process keeps for itself. */
  readonly published: Version | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The entry's bytes, as parts to write one after the other; the body is not copied. */
export function encodeEntry({ body, ...declared }: Entry): Uint8Array<ArrayBuffer>[] {
  const line = encoder.encode(`${JSON.stringify(declared)}\n`);
  const head = encoder.encode(`${FORMAT}${VERSION}\nsha256 ${sha256(line, body)}\n`);
  return [head, line, body];
}

/**
 * Reads an entry; its body is a view of `bytes`.
 *
 * @param source Name of the source whose snapshot is expected.
 * @param bytes_max Longest body accepted.
 * @throws {EntryError} foreign, of another version or source, damaged, truncated or too long.
 */
export function decodeEntry(
  bytes: Uint8Array<ArrayBuffer>,
  source: string,
  bytes_max: number,
): Entry {
  const [format, after_format] = lineAt(bytes, 0);
  if (!format.startsWith(FORMAT)) throw new EntryError("it is no stored snapshot");
  const version = format.slice(FORMAT.length);
  if (version !== VERSION) throw new EntryError(`its version is ${version}, not ${VERSION}`);
  const [checksum, after_checksum] = lineAt(bytes, after_format);
  if (checksum !== `sha256 ${sha256(bytes.subarray(after_checksum))}`) {
    throw new EntryError("it is damaged or truncated: its checksum differs");
  }
  const [line, after_line] = lineAt(bytes, after_checksum);
  const declared = declaredIn(line);
  if (declared.source !== source) throw new EntryError("it belongs to another source");
  const body = bytes.subarray(after_line);
  if (body.length > bytes_max) {
    throw new EntryError(
      `its body has ${body.length} bytes: at most UPSTREAM_MAX_BYTES=${bytes_max}`,
    );
  }
  return { ...declared, body };
}

/** Characters of an HTTP header's value (RFC 9110 §5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Times of an answer; JSON has no NaN, so that unknown ones are null in it. */
const TIMES = [
  "requested_ms",
  "answered_ms",
  "snapshot_ts",
  "data_age_ms",
  "cache_age_ms",
  "date_ms",
] as const;

/** Reads the declared values. A correct checksum does not prove that they can be used. */
function declaredIn(line: string): Omit<Entry, "body"> {
  const { source, snapshot_id, etag, not_after_ms, times, ...added } = JSON.parse(line);
  // Members that earlier versions did not write.
  const { intervals_ms = [], published = null } = added;
  const is_valid = idOfEtag(`"${snapshot_id}"`) === snapshot_id &&
    (etag === null || typeof etag === "string" && HEADER_VALUE.test(etag)) &&
    Number.isFinite(not_after_ms) && areIntervals(intervals_ms) &&
    Number.isFinite(times?.answered_ms) &&
    TIMES.every((name) => times[name] === null || Number.isFinite(times[name])) &&
    (published === null || Number.isFinite(published.fence) && Number.isFinite(published.n));
  if (!is_valid) throw new EntryError("its declared values are invalid");
  const known = Object.fromEntries(TIMES.map((name) => [name, times[name] ?? NaN]));
  return {
    source,
    snapshot_id,
    etag,
    not_after_ms,
    times: known as typeof times,
    intervals_ms,
    published,
  };
}

/** The line that starts at `start`, and the start of the next one. */
function lineAt(bytes: Uint8Array, start: number): [line: string, next: number] {
  const window = bytes.subarray(start, start + LINE_BYTES_MAX);
  const length = window.indexOf(LF);
  if (length < 0) throw new EntryError("it is no stored snapshot, or truncated");
  return [decoder.decode(window.subarray(0, length)), start + length + 1];
}

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
