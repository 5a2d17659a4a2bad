/** HTTP/1.1 (RFC 9112) on a raw socket: invalid bytes, pipelining, unread responses. */
import { assertEquals, assertMatch } from "@std/assert";
import type { ProblemAnswer, StatsAnswer } from "../../contracts/mod.ts";
import { joinBytes } from "../../platform/mod.ts";
import { within } from "../../tools/verdict/mod.ts";
import { ByteReader } from "./byte_reader.ts";

/** A complete response. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- the tests check the shape
  json(): any;
}

/** Status and headers of a response. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Headers of a WebSocket handshake (RFC 6455 §1.3). */
export const WEBSOCKET_HANDSHAKE = {
  connection: "upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

const encoder = new TextEncoder();

/** A connection to 127.0.0.1. */
export class HttpSocket implements Disposable {
  readonly #reader: ByteReader;
  #is_closed = false;

  private constructor(readonly conn: Deno.TcpConn) {
    this.#reader = new ByteReader(conn);
  }

  static async connect(port: number): Promise<HttpSocket> {
    return new HttpSocket(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
  }

  async sendRequest(target: string, options: RequestOptions = {}): Promise<void> {
    await this.send(requestText(target, options));
  }

  /** Reads status and headers of the next response. */
  async readHead(): Promise<AnswerHead> {
    const [status_line, ...lines] = (await this.#reader.until("\r\n\r\n")).split("\r\n");
    const match = /^HTTP\/1\.1 (\d{3})/.exec(status_line);
    if (match === null) throw new Error(`no status line: ${JSON.stringify(status_line)}`);
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    return { status: Number(match[1]), headers };
  }

  /** Reads the next response; a response to HEAD has no body. */
  async read(method = "GET"): Promise<Answer> {
    const head = await this.readHead();
    return answerOf(head, await this.readBody(head, method));
  }

  async readBody(head: AnswerHead, method = "GET"): Promise<Uint8Array<ArrayBuffer>> {
    const { status, headers } = head;
    if (method === "HEAD" || status === 204 || status === 304) return new Uint8Array(0);
    if (headers.get("transfer-encoding") === "chunked") return await this.#readChunks();
    const length = headers.get("content-length");
    return length === null ? await this.#reader.toEnd() : await this.#reader.exactly(+length);
  }

  rest(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#reader.toEnd();
  }

  close(): void {
    if (this.#is_closed) return;
    this.#is_closed = true;
    this.conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readChunks(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const size = parseInt(await this.#reader.until("\r\n"), 16);
      if (size === 0) break;
      chunks.push(await this.#reader.exactly(size));
      await this.#reader.until("\r\n");
    }
    await this.#reader.until("\r\n");
    return joinBytes(chunks);
  }
}

export function requestText(
  target: string,
  { method = "GET", headers = {}, body }: RequestOptions,
): string {
  const all: Record<string, string> = { host: "127.0.0.1", ...headers };
  if (body !== undefined) all["content-length"] = String(encoder.encode(body).length);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}

export async function request(
  { port }: Target,
  target: string,
  options: RequestOptions = {},
): Promise<Answer> {
  using socket = await HttpSocket.connect(port);
  await socket.sendRequest(target, options);
  return await within(`the response to ${target.slice(0, 80)}`, socket.read(options.method));
}

function answerOf(head: AnswerHead, bytes: Uint8Array<ArrayBuffer>): Answer {
  const text = new TextDecoder().decode(bytes);
  return { ...head, bytes, text, json: () => JSON.parse(text) };
}

interface Target {
  readonly port: number;
}

export function getMetric(
  server: Target,
  switch_id: string,
  metric: string,
  options: RequestOptions & { query?: string } = {},
): Promise<Answer> {
  const query = `switch_id=${encodeURIComponent(switch_id)}&metric=${encodeURIComponent(metric)}`;
  return request(server, `/telemetry/GetMetric?${query}${options.query ?? ""}`, options);
}

export function listMetrics(server: Target, options: RequestOptions = {}): Promise<Answer> {
  return request(server, "/telemetry/ListMetrics", options);
}

export async function stats(server: Target): Promise<StatsAnswer> {
  return (await request(server, "/stats")).json();
}

/** Headers that do not vary between responses. */
export function fixedHeaders({ headers }: Answer): Record<string, string> {
  const changing = ["date", "content-length", "x-data-age-ms"];
  return Object.fromEntries([...headers].filter(([name]) => !changing.includes(name)));
}

/** Checks every part of an RFC 9457 problem. */
export function assertProblem(answer: Answer, status: number, slug: string, detail: RegExp): void {
  assertEquals(answer.status, status);
  assertEquals(answer.headers.get("content-type"), "application/problem+json");
  const problem: ProblemAnswer = answer.json();
  assertEquals(problem.type, `urn:fabric-telemetry:problem:${slug}`);
  assertEquals(problem.status, status);
  assertMatch(problem.title, /^[A-Z]/);
  assertMatch(problem.detail, detail);
}

/** Pipelined requests per connection. */
const PIPELINE_MAX = 5_000;
const CONNECTIONS = 4;

/** Sends many pipelined requests. Throws unless every response is 200. */
export async function flood({ port }: Target, target: string, requests: number): Promise<void> {
  for (let sent = 0; sent < requests; sent += CONNECTIONS * PIPELINE_MAX) {
    const left = Math.ceil((requests - sent) / CONNECTIONS);
    const each = Math.min(left, PIPELINE_MAX);
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
