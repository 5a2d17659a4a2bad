/** Why a poll failed: the error thrown, its cause and its description. */
import type { PollCause } from "../../contracts/mod.ts";
import { printable } from "../../platform/mod.ts";
import { ParseError } from "../parse/mod.ts";
import type { Doubt } from "./doubt.ts";

/** A failed exchange with the source, or a refused body. */
export class PollError extends Error {
  override readonly name = "PollError";

  constructor(
    readonly cause_word: PollCause,
    message: string,
    readonly status = 0,
    /** The source's `Retry-After`, or 0. */
    readonly retry_after_ms = 0,
  ) {
    super(printable(message));
  }
}

/** A body refused for now; it is believed if later ones agree with it. */
export class DoubtError extends PollError {
  constructor(readonly doubt: Doubt, cause: PollCause, message: string) {
    super(cause, message, 200);
  }
}

export interface Failure {
  readonly cause: PollCause;
  readonly detail: string;
  readonly status: number;
  readonly retry_after_ms: number;
  readonly doubt?: Doubt;
}

/** Names the cause of an error thrown during a poll. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof PollError) {
    const { cause_word: cause, message: detail, status, retry_after_ms } = error;
    const failure = { cause, detail, status, retry_after_ms };
    return error instanceof DoubtError ? { ...failure, doubt: error.doubt } : failure;
  }
  if (error instanceof ParseError) {
    return { cause: error.cause_word, detail: error.message, status: 200, retry_after_ms: 0 };
  }
  return { cause: "internal", detail: printable(messages(error)), status: 0, retry_after_ms: 0 };
}

/** Messages of `fetch` (Deno 2.9 on hyper and rustls) and their causes; the first match counts. */
const NO_ANSWER_CAUSES: readonly [RegExp, PollCause][] = [
  [/dns error/i, "dns"],
  [/certificate|handshake|received (corrupt|fatal|unexpected)|\btls\b/i, "tls"],
  [/timed out/i, "timeout"],
  [/refused|unreachable|no route|ports? \d+ (is|are) blocked/i, "refused"],
  [/too large/i, "too_large"],
];

/**
 * Cause of an error that `fetch` threw before the answer's head arrived. A network error that no
 * pattern matches is `reset`: the connection broke, or the peer does not speak HTTP.
 */
export function noAnswerCause(error: unknown): PollCause {
  if (isDeadline(error)) return "timeout";
  if (!(error instanceof TypeError)) return "internal";
  const text = messages(error);
  return NO_ANSWER_CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? "reset";
}

/**
 * Cause of an error thrown while the body was read. `fetch` reports a reset and an early end of the
 * connection alike; both leave the body shorter than announced.
 */
export function brokenBodyCause(error: unknown): PollCause {
  if (isDeadline(error)) return "timeout";
  return error instanceof TypeError ? "truncated" : "internal";
}

function isDeadline(error: unknown): boolean {
  return error instanceof DOMException &&
    (error.name === "TimeoutError" || error.name === "AbortError");
}

/** The messages of an error and its causes, in one line. */
export function messages(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error
    ? `${error.message}: ${messages(error.cause)}`
    : error.message;
}
