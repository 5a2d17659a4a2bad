/** The bytes of an answer, and how fast they are sent. */
import { pause } from "../../tools/verdict/mod.ts";
import { type Answer, hasBody, type HeaderLines, withoutHeaders } from "./answer.ts";
import { endlessRows, rowsOf } from "./csv_table.ts";
import type { Framing } from "./effects.ts";

/** Highest rate of an endless body, in bytes per second, to spare the lab's own CPU. */
const ENDLESS_BYTES_PER_S_MAX = 33_554_432;
/** Time between two writes of a slow body, in milliseconds. */
const DRIP_EVERY_MS = 20;

/** Headers that the proxy sets itself. */
const FRAMING_HEADERS = ["connection", "keep-alive", "transfer-encoding", "content-length"];

/** Bytes in the order they are sent. */
interface Outgoing {
  readonly head: Uint8Array;
  readonly pieces: Iterable<Uint8Array>;
  /** null: as fast as the client reads. */
  readonly bytes_per_s: number | null;
  /** Whether the connection closes afterwards. */
  readonly then_close: boolean;
}

const encoder = new TextEncoder();

/** Merges framings: the tighter bound wins, differences add up. */
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
 * Whether a framing changes this answer. An answer without a body cannot be cut, and a longer body
 * is not padded.
 */
export function isFramed(answer: Answer, method: string, framing: Framing): boolean {
  if (!hasBody(method, answer.status)) return false;
  return framing.body_bytes === undefined || framing.body_bytes > answer.body.length;
}

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
    const length = answer.headers.filter(([name]) => name.toLowerCase() === "content-length");
    return { head: headOf(...length), pieces: [], bytes_per_s: null, then_close: !keep_alive };
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

function* following(first: Uint8Array, others: Iterable<Uint8Array>): Generator<Uint8Array> {
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
    if (piece.length === 0) continue; // an empty chunk would end the body
    yield encoder.encode(`${piece.length.toString(16)}\r\n`);
    yield piece;
    yield encoder.encode("\r\n");
  }
}

/** Number of columns in the first line. */
function columnsOf(body: Uint8Array): number {
  const end = body.indexOf(0x0a);
  const line = body.subarray(0, end < 0 ? 0 : end);
  return line.reduce((count, byte) => byte === 0x2c ? count + 1 : count, 1);
}

/** The client's side of {@link send}, and the signals that change its pace. */
interface Receiver {
  /** Sends all bytes; throws if the client is gone. */
  write(bytes: Uint8Array): Promise<void>;
  readonly gone: AbortSignal;
  /** Aborts when the slow fault is lifted: the rest is sent at once. */
  readonly hurry: AbortSignal;
  /** Aborts when the endless fault is lifted: the body ends unfinished. */
  readonly stop: AbortSignal;
  now(): number;
}

/** Sends an answer; returns whether all of it was sent. */
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
        await pause(due_ms - to.now(), to.gone, to.hurry, to.stop);
      }
    }
  }
  return true;
}
