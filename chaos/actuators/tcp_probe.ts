/** Connections the lab makes itself, to see whether a hop passes or refuses. */

/** Longest wait for a connection and for the first byte of an answer. */
export const PROBE_MS_MAX = 1_000;

const REQUEST = new TextEncoder().encode(
  "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
);

/** `answered` with anything; `silent`: taken, then no byte in time or closed. */
export type ProbeOutcome = "answered" | "silent" | "refused";

/** Sends one small HTTP request to `host:port`; whatever comes back is an answer. */
export async function probeAddress(address: string, ms_max = PROBE_MS_MAX): Promise<ProbeOutcome> {
  const colon = address.lastIndexOf(":");
  const target = { hostname: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect(target);
  } catch {
    return "refused";
  }
  let is_closed = false;
  const close = () => {
    if (!is_closed) connection.close();
    is_closed = true;
  };
  const timer = setTimeout(close, ms_max);
  try {
    await connection.write(REQUEST);
    return await connection.read(new Uint8Array(64)) === null ? "silent" : "answered";
  } catch {
    return "silent";
  } finally {
    clearTimeout(timer);
    close();
  }
}
