/** What goes over the wire for an answer: its head, its pieces, where it stops. Pure. */
import { type Answer, hasBody, type HeaderLines, withoutHeaders } from "./answer.ts";
import { endlessRows, rowsOf } from "./csv_table.ts";
import type { Framing } from "./effects.ts";
import { DRIP_EVERY_MS, ENDLESS_BYTES_PER_S_MAX } from "./limits.ts";
import { waitFor } from "./wait.ts";

/** Headers that belong to a connection, or that are told anew. */
const FRAMING_HEADERS = ["connection", "keep-alive", "transfer-encoding", "content-length"];

/** Bytes to be sent, in order. */
export interface Outgoing {
  readonly head: Uint8Array;
  readonly pieces: Iterable<Uint8Array>;
  /** null: as fast as they are taken. */
  readonly bytes_per_s: number | null;
  /** Whether the connection ends after them. */
  readonly then_close: boolean;
}

const encoder = new TextEncoder();

/** All framings as one: of two bounds the tighter holds, differences add up. */
export function merged(framings: readonly Framing[]): Framing {
  const all = (name: keyof Framing) =>
    framings.flatMap((framing) => framing[name] === undefined ? [] : [framing[name]]);
  const shares = all("share_kept"), deltas = all("length_delta");
  const rates = all("bytes_per_s"), sizes = all("body_bytes");
  return {
    ...(shares.length > 0 && { share_kept: Math.min(...shares) }),
    ...(deltas.length > 0 && { length_delta: deltas.reduce((sum, delta) => sum + delta) }),
    ...(rates.length > 0 && { bytes_per_s: Math.min(...rates) }),
    ...(sizes.length > 0 && { body_bytes: Math.max(...sizes) }),
  };
}

/**
 * Whether a framing shows in this answer: an answer without a body has nothing to cut, and one that
 * is longer already is not filled up.
 */
export function isFramed(answer: Answer, method: string, framing: Framing): boolean {
  if (!hasBody(method, answer.status)) return false;
  return framing.body_bytes === undefined || framing.body_bytes > answer.body.length;
}

/** Bytes of an answer to `method`; the connection is kept where both sides want that. */
export function outgoing(
  answer: Answer,
  method: string,
  framing: Framing,
  keep_alive: boolean,
): Outgoing {
  const rest = withoutHeaders(answer.headers, FRAMING_HEADERS);
  const connection: HeaderLines = keep_alive ? [] : [["Connection", "close"]];
  const headOf = (...framed: HeaderLines) => headBytes(answer, [...rest, ...framed, ...connection]);
  if (!hasBody(method, answer.status)) {
    const told = answer.headers.filter(([name]) => name.toLowerCase() === "content-length");
    return { head: headOf(...told), pieces: [], bytes_per_s: null, then_close: !keep_alive };
  }
  const { share_kept, length_delta = 0, bytes_per_s, body_bytes = 0 } = framing;
  if (body_bytes === Infinity) {
    return {
      head: headOf(["Transfer-Encoding", "chunked"]),
      pieces: chunks(answer.body, endlessRows(columnsOf(answer.body))),
      bytes_per_s: Math.min(bytes_per_s ?? Infinity, ENDLESS_BYTES_PER_S_MAX),
      then_close: true,
    };
  }
  const padding = Math.max(0, body_bytes - answer.body.length);
  const length = answer.body.length + padding;
  const pieces = following(answer.body, rowsOf(padding, columnsOf(answer.body)));
  return {
    head: headOf(["Content-Length", String(Math.max(0, length + length_delta))]),
    pieces: share_kept === undefined ? pieces : upTo(Math.floor(length * share_kept), pieces),
    bytes_per_s: bytes_per_s ?? null,
    then_close: !keep_alive || share_kept !== undefined,
  };
}

function headBytes({ status, reason }: Answer, headers: HeaderLines): Uint8Array {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const text = `HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n`;
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0) & 0xff);
}

function* following(
  first: Uint8Array,
  others: Iterable<Uint8Array>,
): Generator<Uint8Array> {
  yield first;
  yield* others;
}

function* upTo(bytes: number, pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let left = bytes;
  for (const piece of pieces) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

function* chunks(first: Uint8Array, others: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of following(first, others)) {
    if (piece.length === 0) continue; // an empty chunk is the end
    yield encoder.encode(`${piece.length.toString(16)}\r\n`);
    yield piece;
    yield encoder.encode("\r\n");
  }
}

/** Columns of a CSV body, from its first line. */
function columnsOf(body: Uint8Array): number {
  const end = body.indexOf(0x0a);
  const line = body.subarray(0, end < 0 ? 0 : end);
  return line.reduce((count, byte) => byte === 0x2c ? count + 1 : count, 1);
}

/** Where it goes, and what may end the wait. */
export interface Receiver {
  /** Sends all of the bytes; throws where the client is gone. */
  write(bytes: Uint8Array): Promise<void>;
  readonly gone: AbortSignal;
  /** Aborts when the slowness is lifted: the rest goes out at once. */
  readonly hurry: AbortSignal;
  /** Aborts when the endlessness is lifted: the body ends there, unfinished. */
  readonly stop: AbortSignal;
  now(): number;
}

/** Whether it all went out. */
export async function send(outgoing: Outgoing, to: Receiver): Promise<boolean> {
  const { head, pieces, bytes_per_s } = outgoing;
  await to.write(head);
  const started_ms = to.now();
  let sent = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      if (to.gone.aborted || to.stop.aborted) return false;
      const is_slow = bytes_per_s !== null && !to.hurry.aborted;
      const drop = is_slow ? Math.max(1, Math.floor(bytes_per_s * DRIP_EVERY_MS / 1000)) : Infinity;
      const part = piece.subarray(at, at + drop);
      await to.write(part);
      at += part.length;
      sent += part.length;
      const due_ms = is_slow ? started_ms + sent / bytes_per_s * 1000 : 0;
      if (due_ms - to.now() >= 1) {
        await waitFor(due_ms - to.now(), to.gone, to.hurry, to.stop);
      }
    }
  }
  return true;
}
