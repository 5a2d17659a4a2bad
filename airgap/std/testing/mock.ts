/**
 * Functions that record their calls, in place of others or around them.
 *
 * ```ts
 * const log = spy();
 * using now = stub(Date, "now", () => 0);
 * poll(log);
 * assertSpyCalls(log, 1);
 * ```
 */

import { replaceMethod } from "./_replaced_method.ts";
import { MockError, recording, recordingClass } from "./_spy.ts";
import type {
  ConstructorSpy,
  GetParametersFromProp,
  GetReturnFromProp,
  MethodSpy,
  Spy,
  SpyCall,
  SpyLike,
  Stub,
} from "./_spy.ts";

export { MockError };
export type { ConstructorSpy, MethodSpy, Spy, SpyCall, SpyLike, Stub };
export { assertSpyCall, assertSpyCalls, type ExpectedSpyCall } from "./_spy_assertions.ts";

/**
 * A function that does nothing but record its calls.
 *
 * ```ts
 * const onChange = spy();
 * ```
 */
// What is spied on may take and return anything.
// deno-lint-ignore no-explicit-any
export function spy<Self = any, Args extends unknown[] = any[], Return = undefined>(): Spy<
  Self,
  Args,
  Return
>;
/** A function that calls `func` and records it. */
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** A class that makes objects as `constructor` does and records it. */
export function spy<Self, Args extends unknown[]>(
  constructor: new (...args: Args) => Self,
): ConstructorSpy<Self, Args>;
/** Records the calls of a method, which still does what it did. */
export function spy<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): MethodSpy<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
export function spy(target?: unknown, property?: PropertyKey): unknown {
  if (property !== undefined) return replaceMethod("spy", target as object, property);
  if (target === undefined) return recording("spy", () => undefined);
  if (/^class\b/.test(String(target))) {
    return recordingClass(target as new (...args: unknown[]) => object);
  }
  const func = target as (...args: unknown[]) => unknown;
  return recording(func.name || "spy", func);
}

/**
 * Replaces a method by one that does nothing, and records its calls.
 *
 * ```ts
 * using exit = stub(Deno, "exit");
 * ```
 */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Stub<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
/** Replaces a method by `func`, and records its calls. */
export function stub<Self, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: (
    this: Self,
    ...args: GetParametersFromProp<Self, Prop>
  ) => GetReturnFromProp<Self, Prop>,
): Stub<Self, GetParametersFromProp<Self, Prop>, GetReturnFromProp<Self, Prop>>;
export function stub(
  self: object,
  property: PropertyKey,
  func: (...args: unknown[]) => unknown = () => undefined,
): Stub {
  return replaceMethod("stub", self, property, func);
}

/**
 * A function that returns one value a call, and throws those that are errors. One call more than
 * there are values throws a {@linkcode MockError}.
 *
 * ```ts
 * const random = returnsNext([0, 0.5]);
 * ```
 */
// deno-lint-ignore no-explicit-any
export function returnsNext<Return, Self = any, Args extends unknown[] = any[]>(
  values: Iterable<Return | Error>,
): (this: Self, ...args: Args) => Return {
  const iterator = values[Symbol.iterator]();
  let calls = 0;
  return () => {
    const { value, done } = iterator.next();
    if (done) throw tooManyCalls(calls);
    calls++;
    if (value instanceof Error) throw value;
    return value;
  };
}

/**
 * The same for promises: each call resolves to one value, or rejects with it if it is an error.
 *
 * ```ts
 * using fetching = stub(globalThis, "fetch", resolvesNext([new Response("ok"), new Error("reset")]));
 * ```
 */
// deno-lint-ignore no-explicit-any
export function resolvesNext<Return, Self = any, Args extends unknown[] = any[]>(
  iterable:
    | Iterable<Return | Error | Promise<Return | Error>>
    | AsyncIterable<Return | Error | Promise<Return | Error>>,
): (this: Self, ...args: Args) => Promise<Return> {
  const iterator = Symbol.asyncIterator in iterable
    ? iterable[Symbol.asyncIterator]()
    : iterable[Symbol.iterator]();
  let calls = 0;
  return async () => {
    const next = await iterator.next();
    if (next.done) throw tooManyCalls(calls);
    const value = await next.value;
    calls++;
    if (value instanceof Error) throw value;
    return value;
  };
}

function tooManyCalls(calls_max: number): MockError {
  return new MockError(`Not expected to be called more than ${calls_max} time(s)`);
}
