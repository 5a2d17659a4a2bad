/** One HTTP exchange with the source: conditional GET, deadline, size limit. */
import { HEADER_SNAPSHOT_TS } from "../../contracts/mod.ts";
import { retryAfter } from "./backoff.ts";
import { messages, networkCause, PollError } from "./poll_error.ts";

/** What an exchange needs to know. */
export interface ReadRequest {
  readonly url: string;
  /** ETag of the snapshot held, for If-None-Match. */
  readonly etag: string | null;
  readonly timeout_ms: number;
  readonly bytes_max: number;
}

/** An answer whose body is a sample, read to its end. */
export interface ReadAnswer {
  readonly status: 200 | 304;
  readonly etag: string | null;
  /** X-Snapshot-Ts in epoch milliseconds, or NaN. */
  readonly snapshot_ts: number;
}

/** Takes the body's pieces; made once the length is known. */
export interface BodySink {
  push(piece: Uint8Array): void;
}

/** Reads a source. Throws {@link PollError} or what the sink throws. */
export type SourceReader = (
  request: ReadRequest,
  openSink: (content_length: number) => BodySink,
) => Promise<ReadAnswer>;

/**
 * Reader on `fetch`, HTTP/1.1, at most one connection kept a host. The deadline covers connecting,
 * the wait and the whole body. Redirects are not followed: a moved source is for the operator to see.
 */
export function fetchReader(
  client: Deno.HttpClient,
  now: () => number,
  timeoutSignal: (timeout_ms: number) => Disposable & { readonly signal: AbortSignal } = abortAfter,
): SourceReader {
  return async (request, openSink) => {
    using deadline = timeoutSignal(request.timeout_ms);
    const signal = deadline.signal;
    const { url, headers: request_headers } = addressOf(request);
    const response = await exchange(
      request,
      () => fetch(url, { client, signal, redirect: "manual", headers: request_headers }),
    );
    const { status, headers } = response;
    if (status === 304 && request.etag !== null) {
      return { status, etag: headers.get("etag"), snapshot_ts: snapshotTs(headers) };
    }
    if (status !== 200) {
      await discard(response);
      throw statusError(response, now());
    }
    await readBody(response, request, openSink);
    return { status, etag: headers.get("etag"), snapshot_ts: snapshotTs(headers) };
  };
}

/** A signal that aborts after `timeout_ms`, and whose timer ends with the block that `using`s it. */
function abortAfter(timeout_ms: number) {
  const controller = new AbortController();
  const error = new DOMException(`no whole answer within ${timeout_ms} ms`, "TimeoutError");
  const timer = setTimeout(() => controller.abort(error), timeout_ms);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}

/** `http://user:password@host/` becomes Basic authentication: `fetch` takes no such URL. */
function addressOf({ url, etag }: ReadRequest): { url: URL; headers: Headers } {
  const address = new URL(url);
  const headers = new Headers({ accept: "text/csv, text/plain;q=0.9, */*;q=0.1" });
  if (etag !== null) headers.set("if-none-match", etag);
  if (address.username !== "" || address.password !== "") {
    const user = decodeURIComponent(address.username);
    headers.set(
      "authorization",
      `Basic ${btoa(`${user}:${decodeURIComponent(address.password)}`)}`,
    );
    address.username = address.password = "";
  }
  return { url: address, headers };
}

async function readBody(
  response: Response,
  request: ReadRequest,
  openSink: (content_length: number) => BodySink,
): Promise<void> {
  const length = Number(response.headers.get("content-length") ?? 0) || 0;
  if (length > request.bytes_max) {
    await discard(response);
    throw tooLarge(`Content-Length ${length}`, request);
  }
  const sink = openSink(length);
  if (response.body === null) return;
  const reader = response.body.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await exchange(request, () => reader.read());
      if (done) return;
      bytes += value.length;
      if (bytes > request.bytes_max) throw tooLarge(`at least ${bytes} bytes`, request);
      sink.push(value);
    }
  } catch (error) {
    // The connection must go too: an endless body would keep it busy for good.
    await reader.cancel().catch(() => {});
    throw error;
  }
}

async function exchange<T>(request: ReadRequest, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const cause = networkCause(error);
    const detail = error instanceof Error ? messages(error) : String(error);
    const bound = cause === "timeout" ? ` (POLL_TIMEOUT_MS=${request.timeout_ms})` : "";
    throw new PollError(cause, detail + bound);
  }
}

function tooLarge(what: string, { bytes_max }: ReadRequest): PollError {
  return new PollError(
    "too_large",
    `body has ${what}: at most UPSTREAM_MAX_BYTES=${bytes_max}`,
    200,
  );
}

function statusError(response: Response, now_ms: number): PollError {
  const { status } = response;
  const retry_after_ms = retryAfter(response.headers.get("retry-after"), now_ms);
  if (status >= 300 && status < 400 && status !== 304) {
    const to = response.headers.get("location") ?? "nowhere";
    return new PollError(
      "http_3xx",
      `source answered ${status} to ${to}: set UPSTREAM_URL to it`,
      status,
    );
  }
  const cause = status >= 500 && status < 600
    ? "http_5xx"
    : status >= 400 && status < 500
    ? "http_4xx"
    : "http_status";
  return new PollError(cause, `source answered ${status}`, status, retry_after_ms);
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

function snapshotTs(headers: Headers): number {
  const text = headers.get(HEADER_SNAPSHOT_TS);
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : NaN;
}
