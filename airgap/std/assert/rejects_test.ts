import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { failureMessageAsync } from "./_failure_message.ts";

const error = new RangeError("body over the limit");
const rejecting = (reason: unknown) => () => Promise.reject(reason);

Deno.test("assertRejects() resolves to the reason, an error or not", async () => {
  assertStrictEquals(await assertRejects(rejecting(error)), error);
  assertStrictEquals(await assertRejects(rejecting(5)), 5);
});

Deno.test("assertRejects() passes for a subclass and a part of the message", async () => {
  assertStrictEquals(await assertRejects(rejecting(error), Error, "limit"), error);
});

Deno.test("assertRejects() takes anything with a then() for a promise", async () => {
  const thenable: PromiseLike<never> = {
    // deno-lint-ignore no-explicit-any
    then: (_resolve: any, reject: any) => reject(error),
  };
  assertStrictEquals(await assertRejects(() => thenable), error);
});

/** What is wrong, the assertion, and the message that says so. */
const FAILS: readonly [what: string, assertion: () => Promise<unknown>, message: string][] = [
  [
    "a promise that resolves",
    () => assertRejects(() => Promise.resolve()),
    "Expected function to reject.",
  ],
  [
    "a promise that resolves, with the caller's words",
    () => assertRejects(() => Promise.resolve(), Error, "x", "why"),
    "Expected function to reject: why",
  ],
  [
    "a function that throws before it returns a promise",
    () =>
      assertRejects(() => {
        throw error;
      }),
    "Function throws when expected to reject.",
  ],
  [
    "a function that returns no promise",
    // deno-lint-ignore no-explicit-any
    () => assertRejects((() => 1) as any, "why"),
    "Function throws when expected to reject: why",
  ],
  [
    "an error of another class",
    () => assertRejects(rejecting(error), TypeError),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  ],
  [
    "a message without the text",
    () => assertRejects(rejecting(error), Error, "x", "why"),
    'Expected error message to include "x", but got "body over the limit": why',
  ],
  [
    "a reason that is no error",
    () => assertRejects(rejecting("text"), Error),
    "A non-Error object was rejected.",
  ],
];

for (const [what, assertion, message] of FAILS) {
  Deno.test(`assertRejects() fails for ${what}`, async () => {
    assertEquals(await failureMessageAsync(assertion), message);
  });
}
