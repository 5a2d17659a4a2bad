/** Sends single commands to a Redis, for the lab itself: never through a proxy. */
import { within } from "../../tools/verdict/mod.ts";

/** Deadline of a command, connecting included, in milliseconds. */
const COMMAND_MS_MAX = 1_000;
/** Longest reply; `INFO` has some kilobytes. */
const REPLY_BYTES_MAX = 65_536;

/** Reply (RESP2): text, a number as text, null, or a list. */
export type RedisReply = string | null | readonly RedisReply[];

/**
 * Sends a command over a connection of its own.
 *
 * @param host `127.0.0.1:6379`
 * @throws {Error} `Redis at 127.0.0.1:6379, CONFIG SET: ERR …`
 */
export async function redisCommand(host: string, ...words: string[]): Promise<RedisReply> {
  const [hostname, port] = host.split(":");
  const what = `Redis at ${host}, ${words.slice(0, 2).join(" ")}`;
  const connection = await Deno.connect({ hostname, port: Number(port) });
  try {
    return await within(`${what} to answer`, exchange(connection, words), COMMAND_MS_MAX);
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`);
  } finally {
    connection.close();
  }
}

async function exchange(connection: Deno.Conn, words: readonly string[]): Promise<RedisReply> {
  const encoder = new TextEncoder();
  const parts = words.map((word) => `$${encoder.encode(word).length}\r\n${word}\r\n`);
  await connection.write(encoder.encode(`*${words.length}\r\n${parts.join("")}`));
  const buffer = new Uint8Array(REPLY_BYTES_MAX);
  for (let filled = 0; filled < buffer.length;) {
    const read = await connection.read(buffer.subarray(filled));
    if (read === null) throw new Error("it closed the connection");
    filled += read;
    const reply = replyIn(buffer.subarray(0, filled));
    if (reply !== null) return reply.value;
  }
  throw new Error(`a reply of more than ${REPLY_BYTES_MAX} bytes`);
}

interface Parsed {
  readonly value: RedisReply;
  readonly end: number;
}

/** The reply that starts at `at`; null if it is incomplete. Throws on an error reply. */
function replyIn(bytes: Uint8Array, at = 0): Parsed | null {
  const line_end = bytes.indexOf(0x0d, at);
  if (line_end < 0 || line_end + 2 > bytes.length) return null;
  const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
  const type = String.fromCharCode(bytes[at]), head = text(at + 1, line_end);
  const next = line_end + 2;
  if (type === "-") throw new Error(head);
  if (type === "+" || type === ":") return { value: head, end: next };
  const count = Number(head);
  if (count < 0) return { value: null, end: next };
  if (type === "$") {
    const end = next + count;
    return end + 2 > bytes.length ? null : { value: text(next, end), end: end + 2 };
  }
  if (type !== "*") throw new Error(`a reply of type ${type}`);
  const items: RedisReply[] = [];
  let end = next;
  while (items.length < count) {
    const item = replyIn(bytes, end);
    if (item === null) return null;
    items.push(item.value);
    end = item.end;
  }
  return { value: items, end };
}
