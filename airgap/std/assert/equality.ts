/** Assertions that compare two values. */

import { differenceOf } from "./difference.ts";
import { equal } from "./equal.ts";
import { AssertionError, format, withReason } from "./failure.ts";

/** Throws, with the differing lines, unless the two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string) {
  if (equal(actual, expected)) return;
  const sentence = withReason("Values are not equal", msg);
  throw new AssertionError(`${sentence}\n${differenceOf(actual, expected)}`);
}

/** Throws if the two values are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string) {
  if (!equal(actual, expected)) return;
  const sentence = `Expected actual: ${format(actual)} not to be: ${format(expected)}`;
  throw new AssertionError(withReason(sentence, msg));
}

/** Throws unless the two are the same object or the same primitive, by `Object.is`. */
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
