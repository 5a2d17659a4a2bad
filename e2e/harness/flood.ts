/** Many requests in little time: pipelined, a few connections at once. */
import { HttpSocket, requestText } from "./http_socket.ts";

/** Requests sent on one connection. */
const REQUESTS_A_CONNECTION = 5_000;

/** Connections at a time. */
const CONNECTIONS = 4;

/**
 * Sends so many requests for `target` (a multiple of 20,000 is sent evenly) and throws where an
 * answer is not 200. `Date` apart, the answers' bodies are not looked at.
 */
export async function flood(
  { port }: { readonly port: number },
  target: string,
  requests: number,
): Promise<void> {
  for (let sent = 0; sent < requests; sent += CONNECTIONS * REQUESTS_A_CONNECTION) {
    const left = Math.ceil((requests - sent) / CONNECTIONS);
    const each = Math.min(left, REQUESTS_A_CONNECTION);
    await Promise.all(Array.from({ length: CONNECTIONS }, () => pipeline(port, target, each)));
  }
}

async function pipeline(port: number, target: string, requests: number): Promise<void> {
  using socket = await HttpSocket.connect(port);
  const last = requestText(target, { headers: { connection: "close" } });
  const sending = socket.send(requestText(target, {}).repeat(requests - 1) + last);
  const [bytes] = await Promise.all([socket.rest(), sending]);
  const answered = new TextDecoder().decode(bytes).split("HTTP/1.1 200 OK\r\n").length - 1;
  if (answered !== requests) throw new Error(`${answered} of ${requests} requests answered`);
}
