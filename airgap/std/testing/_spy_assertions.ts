/** Assertions about the calls that a spy has recorded. */

import { assertEquals, AssertionError, assertIsError } from "@std/assert";
import type { SpyCall, SpyLike } from "./_spy.ts";

/** What is expected of a call; what is not named is not looked at. */
// What is spied on may take and return anything.
// deno-lint-ignore no-explicit-any
export interface ExpectedSpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  args?: [...Args, ...unknown[]];
  /** The object the method is called on; `undefined` for a function called by itself. */
  self?: Self;
  returned?: Return;
  /** The error thrown: its class and a part of its message. */
  error?: {
    // deno-lint-ignore no-explicit-any
    Class?: new (...args: any[]) => Error;
    msgIncludes?: string;
  };
}

/**
 * Throws unless the spy was called just as many times.
 *
 * ```ts
 * assertSpyCalls(fetcher, 1);
 * ```
 */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spy: SpyLike<Self, Args, Return>,
  expectedCalls: number,
) {
  const calls = spy.calls.length;
  const sentence = calls > expectedCalls
    ? "Spy called more than expected"
    : "Spy not called as much as expected";
  assertSame(calls, expectedCalls, sentence);
}

/**
 * Throws unless there was a call of this number, from 0, and it went as expected.
 *
 * ```ts
 * assertSpyCall(fetcher, 0, { args: ["/counters"], error: { Class: PollError } });
 * ```
 */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spy: SpyLike<Self, Args, Return>,
  callIndex: number,
  expected?: ExpectedSpyCall<Self, Args, Return>,
) {
  if (spy.calls.length <= callIndex) throw new AssertionError("Spy not called as much as expected");
  if (!expected) return;
  const call: SpyCall = spy.calls[callIndex];
  if (expected.args) assertSame(call.args, expected.args, "Spy not called with expected args");
  if ("self" in expected) {
    const sentence = expected.self
      ? "Spy not called as method on expected self"
      : "Spy not expected to be called as method on object";
    assertSame(call.self, expected.self, sentence);
  }
  if ("returned" in expected) assertReturned(call, expected);
  if (expected.error) assertThrew(call, expected.error);
}

function assertReturned(call: SpyCall, expected: ExpectedSpyCall): void {
  if (expected.error) {
    throw new TypeError("Do not expect error and return, only one should be expected");
  }
  if (call.error) {
    throw new AssertionError("Spy call did not return expected value, an error was thrown.");
  }
  assertSame(call.returned, expected.returned, "Spy call did not return expected value");
}

function assertThrew(call: SpyCall, error: NonNullable<ExpectedSpyCall["error"]>): void {
  if ("returned" in call) {
    throw new AssertionError("Spy call did not throw an error, a value was returned.");
  }
  assertIsError(call.error, error.Class, error.msgIncludes);
}

/** `assertEquals` under a first line of its own. */
function assertSame(actual: unknown, expected: unknown, sentence: string): void {
  try {
    assertEquals(actual, expected);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    const difference = error.message.slice(error.message.indexOf("\n"));
    throw new AssertionError(`${sentence}:${difference}`);
  }
}
