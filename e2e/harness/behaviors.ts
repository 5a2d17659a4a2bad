/** Behaviors of a fake source, good and bad, and its CSV samples. */
import { switchName } from "../../contracts/mod.ts";
import { pause } from "../../tools/verdict/mod.ts";
import type { Behavior } from "./fake_source.ts";

const encoder = new TextEncoder();

interface Served {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Headers that identify a snapshot. */
interface SnapshotMarks {
  /** ETag, without its quotes. */
  id?: string;
  /** X-Snapshot-Ts, epoch milliseconds. */
  snapshot_ts?: number;
}

/** Answers every request with one response. */
export function serve({ status = 200, headers = {}, body = "" }: Served): Behavior {
  return {
    async act(conn) {
      await write(conn, head(status, { "content-length": `${byteLength(body)}`, ...headers }));
      await write(conn, body);
      return true;
    },
  };
}

/** Serves a CSV sample, or 304 if the poller has its id. */
export function serveSnapshot(csv: string, { id, snapshot_ts }: SnapshotMarks = {}): Behavior {
  const headers: Record<string, string> = { "content-type": "text/csv; charset=utf-8" };
  if (id !== undefined) headers.etag = `"${id}"`;
  if (snapshot_ts !== undefined) headers["x-snapshot-ts"] = `${snapshot_ts}`;
  const whole = serve({ headers, body: csv });
  return {
    async act(conn, request) {
      const is_known = id !== undefined && request.headers.get("if-none-match") === headers.etag;
      if (!is_known) return await whole.act(conn, request);
      await write(conn, head(304, headers));
      return true;
    },
  };
}

/** Accepts the request and never responds. */
export const hang = closing((conn) => conn.read(new Uint8Array(1))); // until the poller closes

/** Closes with the request unread: the kernel sends RST. */
export const reset: Behavior = { ...closing(() => Promise.resolve()), unread: true };

/** Sends the head and half of the body, then RST. */
export function resetMidway(csv: string): Behavior {
  return { ...cut(csv), unread: true };
}

/** Announces the whole body, sends half of it and closes gracefully. */
export function cut(csv: string): Behavior {
  return closing(async (conn) => {
    await write(conn, head(200, { "content-length": `${byteLength(csv)}` }));
    await write(conn, csv.slice(0, Math.floor(csv.length / 2)));
  });
}

/** Sends a chunked body and closes before its last chunk. */
export function cutChunked(csv: string): Behavior {
  return closing(async (conn) => {
    await write(conn, head(200, { "transfer-encoding": "chunked" }));
    await write(conn, `${byteLength(csv).toString(16)}\r\n${csv}\r\n`);
  });
}

/** Sends the body byte by byte, without the last one. */
export function trickle(csv: string, pause_ms: number): Behavior {
  return closing(async (conn) => {
    await write(conn, head(200, { "content-length": `${byteLength(csv) + 1}` }));
    for (const byte of encoder.encode(csv)) {
      await conn.write(new Uint8Array([byte]));
      await pause(pause_ms);
    }
  });
}

/** Sends raw bytes instead of a response. */
export function sendRaw(text: string): Behavior {
  return closing((conn) => write(conn, text));
}

/** Acts, then closes the connection. */
function closing(act: (conn: Deno.Conn) => Promise<unknown>): Behavior {
  return { act: (conn) => act(conn).then(() => false) };
}

function head(status: number, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`;
}

async function write(conn: Deno.Conn, text: string): Promise<void> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A fabric sample; `seed` changes every value. */
export function fabricSample(switches: number, seed = 0): string {
  const rows = Array.from(
    { length: switches },
    (_, i) => `${switchName(i)},${100 + i + seed / 8},${1.5 + i},${i * 10 + seed}\n`,
  );
  return `switch_id,bandwidth_gbps,latency_us,packet_errors\n${rows.join("")}`;
}

/** A sample of `rows` × `fields`; its JSON list has about 22 bytes per cell. */
export function wideSample(rows: number, fields: number): string {
  const names = Array.from({ length: fields }, (_, f) => `counter_${f}`);
  const cells = names.map((_, f) => `${1_000_000_000 + f}`).join(",");
  const lines = Array.from({ length: rows }, (_, row) => `${switchName(row)},${cells}\n`);
  return `switch_id,${names.join(",")}\n${lines.join("")}`;
}
