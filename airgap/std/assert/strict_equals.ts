import { differenceOf } from "./_diff.ts";
import { format } from "./_format.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless the two are the same value: the same object, or the same primitive (`NaN` is
 * itself, `0` is not `-0`).
 *
 * ```ts
 * assertStrictEquals(store.current, snapshot);
 * ```
 */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const shown = format(actual);
  if (shown === format(expected)) {
    const sentence = withReason("Values have the same structure but are not reference-equal", msg);
    const indented = shown.split("\n").map((line) => `    ${line}`).join("\n");
    throw new AssertionError(`${sentence}\n\n${indented}\n`);
  }
  const sentence = withReason("Values are not strictly equal", msg);
  throw new AssertionError(`${sentence}\n${differenceOf(actual, expected)}`);
}
