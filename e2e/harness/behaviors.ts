/** What a source can do to its poller: serve well, and each way to fail. */
import type { Behavior } from "./fake_source.ts";

const encoder = new TextEncoder();

/** A well-formed answer. */
export interface Served {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What makes a sample one of a certain snapshot. */
export interface SnapshotMarks {
  /** Opaque tag, without its quotes; no ETag where left out. */
  id?: string;
  /** X-Snapshot-Ts, epoch milliseconds; none where left out. */
  snapshot_ts?: number;
}

/** Answers every request with this. */
export function serve({ status = 200, headers = {}, body = "" }: Served): Behavior {
  return {
    async act(conn) {
      await write(conn, head(status, { "content-length": `${byteLength(body)}`, ...headers }));
      await write(conn, body);
      return true;
    },
  };
}

/** Serves a CSV sample, and 304 to a poller that names its id. */
export function serveSnapshot(csv: string, { id, snapshot_ts }: SnapshotMarks = {}): Behavior {
  const headers: Record<string, string> = { "content-type": "text/csv; charset=utf-8" };
  if (id !== undefined) headers.etag = `"${id}"`;
  if (snapshot_ts !== undefined) headers["x-snapshot-ts"] = `${snapshot_ts}`;
  const whole = serve({ headers, body: csv });
  return {
    act(conn, request) {
      const is_known = id !== undefined && request.headers.get("if-none-match") === headers.etag;
      return is_known ? serveHead(conn, 304, headers) : whole.act(conn, request);
    },
  };
}

/** Takes the request and says nothing. */
export const hang: Behavior = {
  act: async (conn) => {
    await conn.read(new Uint8Array(1)); // until the poller gives up
    return false;
  },
};

/** Closes with the request unread: the kernel answers with RST. */
export const reset: Behavior = { unread: true, act: () => Promise.resolve(false) };

/** Sends the head and a part of the body, then RST. */
export function resetMidway(csv: string): Behavior {
  return {
    unread: true,
    async act(conn) {
      await writePart(conn, csv);
      return false;
    },
  };
}

/** Announces the whole body, sends half of it and closes in good order. */
export function cut(csv: string): Behavior {
  return {
    async act(conn) {
      await writePart(conn, csv);
      return false;
    },
  };
}

/** Sends a chunked body, and closes before its last chunk. */
export function cutChunked(csv: string): Behavior {
  return {
    async act(conn) {
      await write(conn, head(200, { "transfer-encoding": "chunked" }));
      await write(conn, `${byteLength(csv).toString(16)}\r\n${csv}\r\n`);
      return false;
    },
  };
}

/** Sends one byte of the body at a time, and never the last one. */
export function trickle(csv: string, pause_ms: number): Behavior {
  return {
    async act(conn) {
      await write(conn, head(200, { "content-length": `${byteLength(csv) + 1}` }));
      for (const byte of encoder.encode(csv)) {
        await conn.write(new Uint8Array([byte]));
        await new Promise((resolve) => setTimeout(resolve, pause_ms));
      }
      return false;
    },
  };
}

/** Sends these bytes instead of an answer. */
export function babble(text: string): Behavior {
  return {
    async act(conn) {
      await write(conn, text);
      return false;
    },
  };
}

async function serveHead(
  conn: Deno.Conn,
  status: number,
  headers: Record<string, string>,
): Promise<boolean> {
  await write(conn, head(status, headers));
  return true;
}

async function writePart(conn: Deno.Conn, csv: string): Promise<void> {
  await write(conn, head(200, { "content-length": `${byteLength(csv)}` }));
  await write(conn, csv.slice(0, Math.floor(csv.length / 2)));
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
