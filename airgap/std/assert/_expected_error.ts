/** The arguments `assertThrows` and `assertRejects` share: `(fn, msg?)` or `(fn, Class, text?, msg?)`. */

import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";

// A constructor type that takes any arguments cannot be written without `any`.
// deno-lint-ignore no-explicit-any
export type ErrorClass<E extends Error = Error> = abstract new (...args: any[]) => E;

export interface ExpectedError {
  Class: ErrorClass | undefined;
  msg_includes: string | undefined;
  /** The caller's own words for the failure message. */
  msg: string | undefined;
}

/** Tells the two call forms apart: a class in front, or only the caller's words. */
export function expectedError(
  class_or_msg: ErrorClass | string | undefined,
  msg_includes_or_msg: string | undefined,
  msg: string | undefined,
): ExpectedError {
  if (typeof class_or_msg === "string") {
    return { Class: undefined, msg_includes: undefined, msg: class_or_msg };
  }
  if (class_or_msg === undefined) {
    return { Class: undefined, msg_includes: undefined, msg: msg_includes_or_msg };
  }
  return { Class: class_or_msg, msg_includes: msg_includes_or_msg, msg };
}

/** Throws unless what was thrown or rejected is the error asked for; without a class all will do. */
export function checkError(
  error: unknown,
  expected: ExpectedError,
  was: "thrown" | "rejected",
): void {
  if (expected.Class === undefined) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(withReason(`A non-Error object was ${was}`, expected.msg));
  }
  assertIsError(error, expected.Class, expected.msg_includes, expected.msg);
}
