/**
 * Where a page of ListMetrics ends: the snapshot and the position of the next row in it. Opaque to
 * clients, and good as long as that snapshot is the newest. Pure.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a cursor says. */
export interface ListCursor {
  readonly snapshot_id: string;
  /** Rows of all sources before it. */
  readonly position: number;
}

/** A cursor as text for a URL. */
export function writeCursor({ snapshot_id, position }: ListCursor): string {
  return encoder.encode(`${position} ${snapshot_id}`)
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** What a cursor says, or null where it is none. */
export function readCursor(text: string): ListCursor | null {
  try {
    const plain = decoder.decode(Uint8Array.fromBase64(text, { alphabet: "base64url" }));
    const match = /^(\d{1,9}) (.+)$/s.exec(plain);
    return match && { position: Number(match[1]), snapshot_id: match[2] };
  } catch {
    return null;
  }
}
