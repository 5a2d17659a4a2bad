import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `error` is an `Error`, of `ErrorClass` if given, whose message holds the text
 * `msgMatches` or matches that pattern.
 *
 * ```ts
 * assertIsError(outcome.error, ConfigError, "PORT=");
 * ```
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  // A constructor type that takes any arguments cannot be written without `any`.
  // deno-lint-ignore no-explicit-any
  ErrorClass?: abstract new (...args: any[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(withReason(`Expected "error" to be an Error object`, msg));
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const sentence = `Expected error to be instance of "${ErrorClass.name}", ` +
      `but was "${error.constructor?.name}"`;
    throw new AssertionError(withReason(sentence, msg));
  }
  if (msgMatches === undefined || holds(error.message, msgMatches)) return;
  const wanted = typeof msgMatches === "string" ? JSON.stringify(msgMatches) : msgMatches;
  const sentence = `Expected error message to include ${wanted}, ` +
    `but got ${JSON.stringify(error.message)}`;
  throw new AssertionError(withReason(sentence, msg));
}

function holds(message: string, wanted: string | RegExp): boolean {
  if (wanted instanceof RegExp) return wanted.test(message);
  // A message colored for a terminal says the same as a plain one.
  return message.includes(wanted) || withoutAnsiColor(message).includes(withoutAnsiColor(wanted));
}

function withoutAnsiColor(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
