/**
 * A source that attacks its poller with one body after the other. A worker, because it keeps a core
 * busy. Each message names the attack from the next request on.
 */
/// <reference lib="deno.worker" />
import { gzipSync } from "node:zlib";

/** What a poll receives. `accepted` bodies are within the default limits. */
export type Attack =
  | "calm"
  | "endless_chunks"
  | "gzip_bomb"
  | "short_rows"
  | "empty_cells"
  | "accepted_ids"
  | "accepted_halves"
  | "accepted_sizes";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();
const head = (headers: string) => encoder.encode(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`);

let attack: Attack = "calm";
let polls = 0;

/** Writes until the poller closes the connection. */
async function endless(
  conn: Deno.Conn,
  headers: string,
  start: string | Uint8Array,
  piece: Uint8Array,
) {
  const chunked = headers.startsWith("transfer");
  const framed = (bytes: Uint8Array) => {
    const size = encoder.encode(`${bytes.length.toString(16)}\r\n`);
    return chunked ? new Uint8Array([...size, ...bytes, 13, 10]) : bytes;
  };
  await write(conn, head(headers));
  await write(conn, framed(typeof start === "string" ? encoder.encode(start) : start));
  const next = framed(piece);
  for (;;) await write(conn, next);
}

const CHUNKED = "transfer-encoding: chunked";
const GZIP = "content-encoding: gzip\r\nconnection: close";
const wide_rows = encoder.encode("x".repeat(40).concat(",123456\n").repeat(1300));
const short_rows = encoder.encode("1\n".repeat(32_000));
const empty_cells = encoder.encode(`${",".repeat(99)}\n`.repeat(600));
const bomb_start = new Uint8Array(gzipSync("switch_id,m\n"));
const bomb = new Uint8Array(gzipSync("x".repeat(400).concat(",1\n").repeat(50_000)));

/**
 * A body just within the limits, with ids that no poll before had: text cells, 240,000 × 16 cells.
 * Only the start of the ids differs from poll to poll.
 */
function largeBody(rows: number, cells: number): Uint8Array {
  const names = Array.from({ length: cells - 1 }, (_, c) => `counter_${c}_of_port`);
  const rest = `${"y".repeat(100)},${"12345".concat(",").repeat(cells - 2)}1\n`;
  let csv = `switch_id,${names.join(",")}\n`;
  const parts = [];
  for (let row = 0; row < rows; row++) {
    csv += `AAAA${row.toString(36).padStart(5, "0")}${rest}`;
    if (csv.length < MIB) continue;
    parts.push(encoder.encode(csv));
    csv = "";
  }
  parts.push(encoder.encode(csv));
  const body = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/**
 * Sizes of accepted bodies: as long as their items may just be, such that two replaced ones may be
 * kept, and changing ones.
 */
const ACCEPTED_MIB = {
  accepted_ids: [21],
  accepted_halves: [12],
  accepted_sizes: [21, 3, 15, 1, 8, 23, 6, 12],
};

const large = largeBody(160_000, 19);
const row_bytes = () => large.indexOf(10, large.indexOf(10) + 1) - large.indexOf(10);

/** The first rows of the large body with other ids, about `bytes`. */
function renamed(bytes: number): Uint8Array {
  const first = large.indexOf(10) + 1;
  const step = row_bytes();
  const rows = Math.floor((Math.min(bytes, large.length) - first) / step);
  const mark = encoder.encode((polls % 46_656).toString(36).padStart(4, "0"));
  for (let row = 0; row < rows; row++) large.set(mark, first + row * step);
  return large.subarray(0, first + rows * step);
}

async function serve(conn: Deno.Conn): Promise<void> {
  const request = new Uint8Array(4096);
  while (await conn.read(request) !== null) {
    polls++;
    switch (attack) {
      case "calm": {
        const body = encoder.encode(`switch_id,m\nhostile,${polls}\n`);
        await write(conn, head(`content-length: ${body.length}`));
        await write(conn, body);
        continue;
      }
      case "endless_chunks":
        return await endless(conn, CHUNKED, "switch_id,m\n", wide_rows);
      case "gzip_bomb":
        return await endless(conn, GZIP, bomb_start, bomb);
      case "short_rows":
        return await endless(conn, CHUNKED, "switch_id\n", short_rows);
      case "empty_cells":
        return await endless(conn, CHUNKED, `switch_id${",a".repeat(99)}\n`, empty_cells);
      case "accepted_ids":
      case "accepted_halves":
      case "accepted_sizes": {
        const sizes = ACCEPTED_MIB[attack];
        const bytes = sizes[polls % sizes.length] * MIB;
        const body = renamed(bytes);
        await write(conn, head(`content-length: ${body.length}`));
        await write(conn, body);
      }
    }
  }
}

async function write(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

self.onmessage = ({ data }: MessageEvent<Attack>) => void (attack = data);
self.postMessage(listener.addr.port);
for await (const conn of listener) {
  serve(conn).catch(() => {}).finally(() => {
    try {
      conn.close();
    } catch {
      // The poller closed it.
    }
  });
}
