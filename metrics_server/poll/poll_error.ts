import type { PollCause } from "../../contracts/mod.ts";

/** A failed exchange with the source, or an answer that is refused. */
export class PollError extends Error {
  override readonly name = "PollError";

  constructor(
    readonly cause_word: PollCause,
    message: string,
    /** HTTP status, or 0 where no whole answer came. */
    readonly status = 0,
    /** The source's `Retry-After`, or 0. */
    readonly retry_after_ms = 0,
  ) {
    super(message);
  }
}

/**
 * What `fetch` says when there is no answer (Deno 2.9 with hyper and rustls underneath), and the word
 * it stands for; the first match counts.
 */
const NO_ANSWER_CAUSES: readonly [RegExp, PollCause][] = [
  [/dns error/i, "dns"],
  [/certificate|handshake|received (corrupt|fatal|unexpected)|\btls\b/i, "tls"],
  [/timed out/i, "timeout"],
  [/refused|unreachable|no route|ports? \d+ (is|are) blocked/i, "refused"],
  [/too large/i, "too_large"],
];

/**
 * The cause of an error thrown by `fetch` before the answer's head was there. What no pattern knows
 * is `reset`: the connection broke, or what came over it was not HTTP.
 */
export function noAnswerCause(error: unknown): PollCause {
  if (isDeadline(error)) return "timeout";
  if (!(error instanceof TypeError)) return "internal";
  const text = messages(error);
  return NO_ANSWER_CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? "reset";
}

/**
 * The cause of an error thrown while the body was read. `fetch` words a reset and an early end of
 * the connection the same, and both leave a body shorter than announced.
 */
export function brokenBodyCause(error: unknown): PollCause {
  if (isDeadline(error)) return "timeout";
  return error instanceof TypeError ? "truncated" : "internal";
}

function isDeadline(error: unknown): boolean {
  return error instanceof DOMException &&
    (error.name === "TimeoutError" || error.name === "AbortError");
}

/** An error's message and those of its causes, in one line. */
export function messages(error: Error): string {
  const inner = error.cause instanceof Error ? `: ${messages(error.cause)}` : "";
  return error.message + inner;
}
