/** Assertions that a function throws or rejects. */

import { AssertionError, withReason } from "./failure.ts";

// A constructor type that takes any arguments cannot be written without `any`.
// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error = Error> = abstract new (...args: any[]) => E;

/** The error that a caller expects; without a class, any value passes. */
interface ExpectedError {
  Class: ErrorClass | undefined;
  msg_includes: string | undefined;
  msg: string | undefined;
}

/**
 * Throws unless `fn` throws; returns the thrown value. A rejected promise does not count as a
 * throw: use `assertRejects`.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** As above, for an error of `ErrorClass` with `msgIncludes` in its message. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  class_or_msg?: ErrorClass | string,
  msg_includes?: string,
  msg?: string,
): unknown {
  // Without an error class, the text after it is the message, as in the real package.
  const is_class = class_or_msg === undefined || isErrorClass(class_or_msg);
  const expected = expectedError(class_or_msg, msg_includes, is_class ? msg : msg_includes);
  try {
    fn();
  } catch (error) {
    checkError(error, expected, "thrown");
    return error;
  }
  throw new AssertionError(withReason("Expected function to throw", expected.msg));
}

/**
 * Throws unless the promise that `fn` returns rejects; resolves to the reason. A `fn` that throws
 * before it returns a promise fails the assertion too.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** As above, for an error of `ErrorClass` with `msgIncludes` in its message. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  class_or_msg?: ErrorClass | string,
  msg_includes?: string,
  msg?: string,
): Promise<unknown> {
  if (class_or_msg === null) throw new TypeError("Cannot assert a rejection by the class null");
  const expected = expectedError(class_or_msg, msg_includes, msg);
  const promise = startedPromise(fn, expected.msg);
  try {
    await promise;
  } catch (error) {
    checkError(error, expected, "rejected");
    return error;
  }
  throw new AssertionError(withReason("Expected function to reject", expected.msg));
}

function startedPromise(
  fn: () => PromiseLike<unknown>,
  msg: string | undefined,
): PromiseLike<unknown> {
  let returned: PromiseLike<unknown> | undefined;
  try {
    returned = fn();
  } catch { /* reported below */ }
  if (typeof returned === "object" && typeof returned?.then === "function") return returned;
  throw new AssertionError(withReason("Function throws when expected to reject", msg));
}

/** Reads both call forms: `(fn, msg?)` and `(fn, Class, msgIncludes?, msg?)`. */
function expectedError(
  class_or_msg: ErrorClass | string | undefined,
  msg_includes: string | undefined,
  msg: string | undefined,
): ExpectedError {
  if (typeof class_or_msg === "string") {
    return { Class: undefined, msg_includes: undefined, msg: class_or_msg };
  }
  return { Class: isErrorClass(class_or_msg) ? class_or_msg : undefined, msg_includes, msg };
}

function isErrorClass(value: ErrorClass | string | null | undefined): value is ErrorClass {
  const prototype = (value as ErrorClass | undefined)?.prototype;
  return prototype instanceof Error || prototype === Error.prototype;
}

function checkError(error: unknown, expected: ExpectedError, was: "thrown" | "rejected"): void {
  const { Class, msg } = expected;
  const msg_includes = expected.msg_includes || "";
  if (Class === undefined) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(withReason(`A non-Error object was ${was}`, msg));
  }
  if (!(error instanceof Class)) {
    const sentence = `Expected error to be instance of "${Class.name}", ` +
      `but was "${(error as Error).constructor?.name}"`;
    throw new AssertionError(withReason(sentence, msg));
  }
  const { message } = error;
  if (message.includes(msg_includes)) return;
  if (withoutAnsiColor(message).includes(withoutAnsiColor(msg_includes))) return;
  const sentence = `Expected error message to include ${JSON.stringify(msg_includes)}, ` +
    `but got ${JSON.stringify(message)}`;
  throw new AssertionError(withReason(sentence, msg));
}

function withoutAnsiColor(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
