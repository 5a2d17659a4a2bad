/** Puts a recording function in the place of a method, and the method back. */

import { isSpy, MockError, recording, type Stub } from "./_spy.ts";

// deno-lint-ignore no-explicit-any
type AnyFunction = (this: any, ...args: any[]) => any;

/**
 * Replaces `self[property]` by a recording function; without `fake` it goes on to the original.
 * `action` is what messages call it: "spy" or "stub". A missing property may only be stubbed.
 */
export function replaceMethod(
  action: "spy" | "stub",
  self: object,
  property: PropertyKey,
  fake?: AnyFunction,
): Stub {
  const original: unknown = Reflect.get(self, property);
  if (typeof original !== "function" && !(action === "stub" && original === undefined)) {
    throw new MockError(`Cannot ${action}: property is not an instance method`);
  }
  if (isSpy(original)) {
    throw new MockError(`Cannot ${action}: already spying on instance method`);
  }
  const before = Object.getOwnPropertyDescriptor(self, property);
  if (before && !before.configurable) {
    throw new MockError(`Cannot ${action}: non-configurable instance method`);
  }
  const method = recording(action, fake ?? original as AnyFunction);
  let restored = false;
  const restore = () => {
    if (restored) throw new MockError("Cannot restore: instance method already restored");
    restored = true;
    if (before) Object.defineProperty(self, property, before);
    else Reflect.deleteProperty(self, property);
  };
  Object.defineProperties(method, {
    original: { value: original, enumerable: true },
    restored: { get: () => restored, enumerable: true },
    restore: { value: restore, enumerable: true },
    [Symbol.dispose]: { value: restore },
  });
  if (fake) Object.defineProperty(method, "fake", { value: fake, enumerable: true });
  Object.defineProperty(self, property, {
    value: method,
    enumerable: before?.enumerable ?? false,
    writable: before?.writable ?? true,
    configurable: true,
  });
  return method as Stub;
}
