/** One client of the proxy: its requests, one after another, and its connection to the source. */
import type { ActiveFault, ActiveFaults } from "./active_faults.ts";
import { type Answer, type Asked, headerOf, withHeader, withoutHeaders } from "./answer.ts";
import type { Framing } from "./effects.ts";
import { isFramed, merged, outgoing, send } from "./outgoing.ts";
import { BadRequest, type Request, RequestReader } from "./request_reader.ts";
import { SourceConnection } from "./source_connection.ts";
import { aborted, waitFor } from "./wait.ts";

/** Totals since the start. */
export interface ProxyCounters {
  connections: number;
  open: number;
  refused: number;
  requests: number;
  bytes_up: number;
  bytes_down: number;
  /** Exchanges that failed since the source did. */
  source_failures: number;
}

/** What all connections share. */
export interface ProxyParts {
  readonly source: { readonly hostname: string; readonly port: number };
  readonly faults: ActiveFaults;
  readonly counters: ProxyCounters;
}

/** Serves the client until one of the two sides is gone; never throws. */
export async function serveClient(conn: Deno.TcpConn, parts: ProxyParts): Promise<void> {
  const client = new ClientConnection(conn, parts);
  await client.serve().catch(() => {}); // whatever broke, the connection is over
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
      if (this.#source?.is_open === false) return; // as the source closed, so do we
    }
  }

  close(): void {
    if (this.#is_closed) return;
    this.#is_closed = true;
    this.#source?.close();
    try {
      this.#conn.close();
    } catch {
      // Closed by the client's reset.
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

  /** Whether the connection can carry another one. */
  async #exchange(request: Request): Promise<boolean> {
    const faults = this.#parts.faults.list();
    const instead = answerInstead(faults);
    const source_answer = instead?.answer ?? await this.#ask(request, faults);
    if (source_answer === null) return false;
    const { answer, framing, touched } = spoil(
      source_answer,
      request,
      instead === null ? faults : [],
    );
    const delays = faults.filter(({ effect }) => effect.delay_ms !== undefined);
    for (
      const fault of new Set([...touched, ...delays, ...(instead === null ? [] : [instead.by])])
    ) {
      this.#parts.faults.hit(fault.id);
    }
    for (const { effect, lifted } of delays) {
      await waitFor(effect.delay_ms!, lifted, this.#reader.gone);
    }
    if (this.#reader.gone.aborted) return false;
    const bytes = outgoing(answer, request.method, framing, request.keep_alive);
    const slow = touched.filter(({ effect }) => effect.framing?.bytes_per_s !== undefined);
    const endless = touched.filter(({ effect }) => effect.framing?.body_bytes === Infinity);
    const is_whole = await send(bytes, {
      write: (piece) => this.#write(piece),
      gone: this.#reader.gone,
      hurry: anyOf(slow),
      stop: anyOf(endless),
      now: () => performance.now(),
    });
    return is_whole && !bytes.then_close;
  }

  /** The source's answer; null where there is none, which the client sees as a closed connection. */
  async #ask(request: Request, faults: readonly ActiveFault[]): Promise<Answer | null> {
    const { source, counters } = this.#parts;
    const gone = aborted(this.#reader.gone);
    try {
      this.#source ??= await this.#connect();
      const bytes = requestBytes(request, `${source.hostname}:${source.port}`, faults);
      const answer = this.#source.exchange(bytes, request.method === "HEAD");
      answer.catch(() => {}); // it may come after the client has left
      return await Promise.race([answer, gone.promise.then(() => null)]);
    } catch {
      counters.source_failures++;
      return null;
    } finally {
      gone.stop();
    }
  }

  async #connect(): Promise<SourceConnection> {
    const { hostname, port } = this.#parts.source;
    const source = await SourceConnection.open(hostname, port);
    source.closed.then(() => {
      if (!this.#is_busy) this.close(); // within an exchange its end decides
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

/** Aborts as soon as one of the faults is lifted; never where there is none. */
function anyOf(faults: readonly ActiveFault[]): AbortSignal {
  return AbortSignal.any(faults.map(({ lifted }) => lifted));
}

const encoder = new TextEncoder();

/** An answer on its way out, and the faults that touched it. */
export interface Spoiled {
  readonly answer: Answer;
  readonly framing: Framing;
  readonly touched: readonly ActiveFault[];
}

/** An answer in place of the source's: that of the first fault that has one. */
export function answerInstead(
  faults: readonly ActiveFault[],
): { answer: Answer; by: ActiveFault } | null {
  for (const by of faults) {
    const answer = by.effect.instead?.() ?? null;
    if (answer !== null) return { answer, by };
  }
  return null;
}

/**
 * The request as the source gets it: without encodings, so that bodies can be read, and without
 * If-None-Match where a fault needs the body.
 */
export function requestBytes(
  request: Request,
  host: string,
  faults: readonly ActiveFault[],
): Uint8Array {
  const dropped = ["connection", "accept-encoding"];
  if (faults.some(({ effect }) => effect.wants_body)) dropped.push("if-none-match");
  const headers = withHeader(withoutHeaders(request.headers, [...dropped, "host"]), "Host", host);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${lines}\r\n`;
  const bytes = encoder.encode(head);
  const whole = new Uint8Array(bytes.length + request.body.length);
  whole.set(bytes);
  whole.set(request.body, bytes.length);
  return whole;
}

/** Changes an answer by each fault in turn. */
export function spoil(source: Answer, request: Request, faults: readonly ActiveFault[]): Spoiled {
  const asked: Asked = {
    method: request.method,
    if_none_match: headerOf(request.headers, "if-none-match"),
  };
  const touched: ActiveFault[] = [];
  const framings: Framing[] = [];
  let answer = source;
  for (const fault of faults) {
    const changed = fault.effect.change?.(answer, asked) ?? null;
    if (changed !== null) {
      answer = changed;
      touched.push(fault);
    }
  }
  for (const fault of faults) {
    const { framing } = fault.effect;
    if (framing === undefined || !isFramed(answer, request.method, framing)) continue;
    framings.push(framing);
    touched.push(fault);
  }
  return { answer, framing: merged(framings), touched };
}
