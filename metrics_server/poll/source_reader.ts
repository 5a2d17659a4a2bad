/**
 * One HTTP exchange with a source: conditional GET, deadline, size limit. `fetch` hands over the
 * body as it was sent; {@link textOfBody} decodes it to its verified end.
 */
import { HEADER_SHARD, type PollCause } from "../../contracts/mod.ts";
import { redactUrl } from "../../platform/mod.ts";
import { retryAfter } from "./backoff.ts";
import { type BodyFormat, formatOfBody, marksEnd, textOfBody, tooLarge } from "./body_text.ts";
import { type AnswerTimes, answerTimes } from "./data_time.ts";
import { NO_PACING, type Pacing } from "./pacing.ts";
import { brokenBodyCause, messages, noAnswerCause, PollError } from "./poll_error.ts";
import { addressOf, type HeaderLines } from "./source_url.ts";

/** Longest ETag accepted: it becomes part of every answer. */
const ETAG_CHARS_MAX = 256;

const LOCATION_CHARS_MAX = 200;

/** Longest piece of a body that is read at a time. */
const CHUNK_BYTES = 64 * 1024;

export interface ReadRequest {
  readonly url: string;
  /** ETag of the current snapshot, for If-None-Match. */
  readonly etag: string | null;
  readonly timeout_ms: number;
  readonly bytes_max: number;
}

/** An answer, its body read to the end. */
export interface ReadAnswer {
  readonly status: 200 | 304;
  readonly etag: string | null;
  readonly times: AnswerTimes;
  /** Whether the answer announced the end of its body, so that a cut would be noticed. */
  readonly end_known: boolean;
  /** Whether the source is a shard, whose list may be empty. */
  readonly may_be_empty?: boolean;
}

/** Receives the body as UTF-8. */
export interface BodySink {
  push(chunk: Uint8Array): void;
}

/** Reads a source; `openSink` is called when a body begins. Throws {@link PollError}. */
export type SourceReader = (
  request: ReadRequest,
  openSink: (content_length: number) => BodySink,
) => Promise<ReadAnswer>;

/** A signal that aborts after `timeout_ms`, unless it is disposed of before. */
export type TimeoutSignal = (timeout_ms: number) => Disposable & { readonly signal: AbortSignal };

/** Sends a request, as `fetch` does. */
export type Send = (
  url: URL,
  init: RequestInit & { readonly signal: AbortSignal; readonly headers: HeaderLines },
) => Promise<Response>;

/**
 * Reader on `fetch`. The deadline covers connecting, waiting and the whole body. Redirects are not
 * followed: the operator must see that a source has moved.
 */
export function fetchReader(
  send: Send,
  now: () => number,
  pacing: Pacing = NO_PACING,
  timeoutSignal: TimeoutSignal = abortAfter,
): SourceReader {
  return async (request, openSink) => {
    using deadline = timeoutSignal(request.timeout_ms);
    const signal = deadline.signal;
    const { url, headers } = addressOf(request.url, request.etag);
    const requested_ms = now();
    const response = await exchange(
      () => send(url, { signal, redirect: "manual", headers }),
      noAnswerCause,
      (detail) => detail,
      request,
    );
    const times = answerTimes(response.headers, requested_ms, now());
    const { status } = response;
    if (status === 304 && request.etag !== null) return answerOf(response, times, null);
    if (status !== 200) {
      await discard(response);
      throw statusError(response, url, now());
    }
    const format = await readBody(response, request, openSink, pacing, signal);
    return answerOf(response, times, format);
  };
}

function abortAfter(timeout_ms: number) {
  const controller = new AbortController();
  const error = new DOMException(`no whole answer within ${timeout_ms} ms`, "TimeoutError");
  const timer = setTimeout(() => controller.abort(error), timeout_ms);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}

async function readBody(
  response: Response,
  request: ReadRequest,
  openSink: (content_length: number) => BodySink,
  pacing: Pacing,
  signal: AbortSignal,
): Promise<BodyFormat> {
  const { bytes_max } = request;
  const length = Number(response.headers.get("content-length") ?? 0) || 0;
  let format: BodyFormat;
  try {
    if (length > bytes_max) throw tooLarge(`Content-Length ${length}`, bytes_max);
    format = formatOfBody(response.headers);
  } catch (error) {
    await discard(response);
    throw error;
  }
  const sink = openSink(format.codings.length === 0 ? length : 0);
  pacing.start();
  for await (const chunk of textOfBody(received(response, length, request), format, bytes_max)) {
    await exchange(() => signal.throwIfAborted(), brokenBodyCause, (detail) => detail, request);
    sink.push(chunk);
    pacing.pause();
  }
  return format;
}

/**
 * The body as it was sent. Each chunk is in the memory of the one before: new memory for each would
 * be 40 MB until it is collected.
 */
async function* received(
  { body }: Response,
  length: number,
  request: ReadRequest,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader({ mode: "byob" });
  let memory = new ArrayBuffer(CHUNK_BYTES);
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await exchange(
        () => reader.read(new Uint8Array(memory)),
        brokenBodyCause,
        (detail) => `the body broke off after ${bytes} bytes${announced(length)}: ${detail}`,
        request,
      );
      if (done) return;
      memory = value.buffer;
      bytes += value.length;
      if (bytes > request.bytes_max) throw tooLarge(`at least ${bytes} bytes`, request.bytes_max);
      yield value;
    }
  } finally {
    // Closes the connection: an endless body would keep it busy for ever.
    await reader.cancel().catch(() => {});
  }
}

/** A step of the exchange. Its errors become a {@link PollError} that names cause and bound. */
async function exchange<T>(
  step: () => T | Promise<T>,
  causeOf: (error: unknown) => PollCause,
  describe: (detail: string) => string,
  { timeout_ms }: ReadRequest,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const cause = causeOf(error);
    const detail = messages(error);
    if (cause === "timeout") {
      throw new PollError(cause, `${detail} (POLL_TIMEOUT_MS=${timeout_ms})`);
    }
    throw new PollError(cause, describe(detail));
  }
}

function announced(length: number): string {
  return length > 0 ? ` of ${length} announced` : "";
}

function statusError({ status, headers }: Response, url: URL, now_ms: number): PollError {
  if (status === 304) {
    return new PollError("http_status", "source answered 304 to an unconditional request", status);
  }
  if (status >= 300 && status < 400) {
    const location = headers.get("location");
    const to = location === null
      ? "nowhere"
      : redactUrl(URL.parse(location, url)?.href ?? location);
    return new PollError(
      "http_3xx",
      `source answered ${status} to ${to.slice(0, LOCATION_CHARS_MAX)}: set UPSTREAM_URL to it`,
      status,
    );
  }
  const retry_after_ms = retryAfter(headers.get("retry-after"), now_ms);
  return new PollError(statusCause(status), `source answered ${status}`, status, retry_after_ms);
}

function statusCause(status: number): PollCause {
  if (status >= 500 && status < 600) return "http_5xx";
  return status >= 400 && status < 500 ? "http_4xx" : "http_status";
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

function answerOf(
  { status, headers }: Response,
  times: AnswerTimes,
  format: BodyFormat | null,
): ReadAnswer {
  const etag = headers.get("etag");
  const end_known = format === null || marksEnd(headers, format);
  return {
    status: status === 304 ? 304 : 200,
    etag: etag !== null && etag.length <= ETAG_CHARS_MAX ? etag : null,
    times,
    end_known,
    may_be_empty: end_known && headers.has(HEADER_SHARD),
  };
}
