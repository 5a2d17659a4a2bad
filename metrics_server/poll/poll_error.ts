import type { PollCause } from "../../contracts/mod.ts";

/** A failed exchange with the source, or an answer that is refused. */
export class PollError extends Error {
  override readonly name = "PollError";

  constructor(
    readonly cause_word: PollCause,
    message: string,
    /** HTTP status, or 0 where there was no answer. */
    readonly status = 0,
    /** The source's `Retry-After`, or 0. */
    readonly retry_after_ms = 0,
  ) {
    super(message);
  }
}

/** What `fetch` says (hyper and rustls underneath), and the word it stands for; first match counts. */
const NETWORK_CAUSES: readonly [RegExp, PollCause][] = [
  [/dns error|failed to lookup|name or service not known/i, "dns"],
  [/certificate|handshake|InvalidContentType|\btls\b|received fatal alert/i, "tls"],
  [/refused|unreachable|no route/i, "refused"],
  [
    /end of file before message length|unexpected end of file|unexpected EOF|truncated/i,
    "truncated",
  ],
  [/reset|broken pipe|connection closed|connection error|connection was not ready/i, "reset"],
  [/timed out/i, "timeout"],
  // All that `fetch` tells of a body that broke off, whether by FIN or by RST.
  [/error reading a body/i, "truncated"],
];

/** The cause of an error thrown by `fetch` or while its body was read. */
export function networkCause(error: unknown): PollCause {
  if (!(error instanceof Error)) return "internal";
  if (error.name === "TimeoutError" || error.name === "AbortError") return "timeout";
  const text = messages(error);
  return NETWORK_CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? "reset";
}

/** An error's message and those of its causes, in one line. */
export function messages(error: Error): string {
  const inner = error.cause instanceof Error ? `: ${messages(error.cause)}` : "";
  return error.message + inner;
}
