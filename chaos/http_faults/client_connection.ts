/**
 * One client of the proxy and its own connection to the source.
 *
 *     client ──> RequestReader ──> requestBytes ──> SourceConnection ──> source
 *     client <── send <── outgoing <── applyFaults <── answer, or a replacement
 */
import { joinBytes } from "../../platform/mod.ts";
import { pause } from "../../tools/verdict/mod.ts";
import type { ActiveFault, ActiveFaults } from "./active_faults.ts";
import { type Answer, headerOf, withHeader, withoutHeaders } from "./answer.ts";
import type { Framing } from "./effects.ts";
import { isFramed, merged, outgoing, send } from "./outgoing.ts";
import { BadRequest, type Request, RequestReader } from "./request_reader.ts";
import { SourceConnection } from "./source_connection.ts";

/** Totals since the start. */
export type ProxyCounters = ReturnType<typeof zeroCounters>;

export function zeroCounters() {
  return {
    connections: 0,
    open: 0,
    refused: 0,
    requests: 0,
    bytes_up: 0,
    bytes_down: 0,
    /** Exchanges that failed because the source failed. */
    source_failures: 0,
  };
}

export interface ProxyParts {
  readonly source: { readonly hostname: string; readonly port: number };
  readonly faults: ActiveFaults;
  readonly counters: ProxyCounters;
}

/** Serves a client until either side closes; never throws. */
export async function serveClient(conn: Deno.TcpConn, parts: ProxyParts): Promise<void> {
  const client = new ClientConnection(conn, parts);
  await client.serve().catch(() => {}); // any failure ends the connection
  client.close();
}

class ClientConnection {
  readonly #conn: Deno.TcpConn;
  readonly #parts: ProxyParts;
  readonly #reader: RequestReader;
  #source: SourceConnection | null = null;
  #is_busy = false;
  #is_closed = false;

  constructor(conn: Deno.TcpConn, parts: ProxyParts) {
    this.#conn = conn;
    this.#parts = parts;
    this.#reader = new RequestReader(conn, (bytes) => parts.counters.bytes_up += bytes);
  }

  async serve(): Promise<void> {
    for (;;) {
      const request = await this.#nextRequest();
      if (request === null) return;
      this.#is_busy = true;
      this.#parts.counters.requests++;
      if (!await this.#exchange(request)) return;
      this.#is_busy = false;
      if (this.#source?.is_open === false) return; // the source has closed
    }
  }

  close(): void {
    if (this.#is_closed) return;
    this.#is_closed = true;
    this.#source?.close();
    try {
      this.#conn.close();
    } catch {
      // The client's reset has closed it.
    }
  }

  async #nextRequest(): Promise<Request | null> {
    try {
      return await this.#reader.next();
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      const body = `${error.message}\n`;
      const head = `HTTP/1.1 400 Bad Request\r\nContent-Length: ${body.length}\r\n`;
      await this.#write(new TextEncoder().encode(`${head}Connection: close\r\n\r\n${body}`));
      return null;
    }
  }

  /** Returns whether the connection stays open. */
  async #exchange(request: Request): Promise<boolean> {
    const { gone } = this.#reader;
    const faults = this.#parts.faults.list();
    const replaced = replacement(faults);
    const source_answer = replaced?.answer ?? await this.#askSource(request, faults);
    if (source_answer === null) return false;
    const { answer, framing, touched } = applyFaults(
      source_answer,
      request,
      replaced === null ? faults : [],
    );
    const delays = faults.filter(({ effect }) => effect.delay_ms !== undefined);
    const hit = new Set([...touched, ...delays, ...(replaced === null ? [] : [replaced.by])]);
    for (const { id } of hit) this.#parts.faults.hit(id);
    for (const { effect, lifted } of delays) await pause(effect.delay_ms!, lifted, gone);
    if (gone.aborted) return false;
    const bytes = outgoing(answer, request.method, framing, request.keep_alive);
    const slow = touched.filter(({ effect }) => effect.framing?.bytes_per_s !== undefined);
    const endless = touched.filter(({ effect }) => effect.framing?.body_bytes === Infinity);
    const is_whole = await send(bytes, {
      write: (piece) => this.#write(piece),
      gone,
      hurry: anyLifted(slow),
      stop: anyLifted(endless),
      now: () => performance.now(),
    });
    return is_whole && !bytes.then_close;
  }

  /** The source's answer; null closes the client's connection. */
  async #askSource(request: Request, faults: readonly ActiveFault[]): Promise<Answer | null> {
    const { source, counters } = this.#parts;
    const { gone } = this.#reader;
    const left = Promise.withResolvers<null>();
    const onGone = () => left.resolve(null);
    if (gone.aborted) onGone();
    gone.addEventListener("abort", onGone);
    try {
      this.#source ??= await this.#connect();
      const bytes = requestBytes(request, `${source.hostname}:${source.port}`, faults);
      const answer = this.#source.exchange(bytes, request.method === "HEAD");
      answer.catch(() => {}); // may fail after the client has left
      return await Promise.race([answer, left.promise]);
    } catch {
      counters.source_failures++;
      return null;
    } finally {
      gone.removeEventListener("abort", onGone);
    }
  }

  async #connect(): Promise<SourceConnection> {
    const { hostname, port } = this.#parts.source;
    const source = await SourceConnection.open(hostname, port);
    source.closed.then(() => {
      if (!this.#is_busy) this.close(); // a running exchange decides for itself
    });
    return source;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const written = await this.#conn.write(bytes.subarray(at));
      at += written;
      this.#parts.counters.bytes_down += written;
    }
  }
}

/** Aborts when one of the faults is lifted; never for an empty list. */
function anyLifted(faults: readonly ActiveFault[]): AbortSignal {
  return AbortSignal.any(faults.map(({ lifted }) => lifted));
}

/** The answer of the first fault that replaces the source's. */
function replacement(faults: readonly ActiveFault[]): { answer: Answer; by: ActiveFault } | null {
  for (const by of faults) {
    const answer = by.effect.replace?.() ?? null;
    if (answer !== null) return { answer, by };
  }
  return null;
}

/**
 * The request as sent to the source: without Accept-Encoding, so that the proxy can read bodies,
 * and without If-None-Match if a fault needs the body.
 */
function requestBytes(request: Request, host: string, faults: readonly ActiveFault[]): Uint8Array {
  const dropped = ["connection", "accept-encoding", "host"];
  if (faults.some(({ effect }) => effect.needs_body)) dropped.push("if-none-match");
  const headers = withHeader(withoutHeaders(request.headers, dropped), "Host", host);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${lines}\r\n`;
  return joinBytes([new TextEncoder().encode(head), request.body]);
}

/** Changes an answer by each fault in turn; returns the faults that took effect. */
function applyFaults(source: Answer, request: Request, faults: readonly ActiveFault[]) {
  const if_none_match = headerOf(request.headers, "if-none-match");
  const touched: ActiveFault[] = [];
  const framings: Framing[] = [];
  let answer = source;
  for (const fault of faults) {
    const changed = fault.effect.change?.(answer, if_none_match) ?? null;
    if (changed === null) continue;
    answer = changed;
    touched.push(fault);
  }
  for (const fault of faults) {
    const { framing } = fault.effect;
    if (framing === undefined || !isFramed(answer, request.method, framing)) continue;
    framings.push(framing);
    touched.push(fault);
  }
  return { answer, framing: merged(framings), touched };
}
