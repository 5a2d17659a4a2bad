import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { failureMessage } from "./_failure_message.ts";

const error = new RangeError("port 99999 is out of range");
const throwing = (value: unknown) => () => {
  throw value;
};

Deno.test("assertThrows() returns what was thrown, an error or not", () => {
  assertStrictEquals(assertThrows(throwing(error)), error);
  assertStrictEquals(assertThrows(throwing(5)), 5);
});

Deno.test("assertThrows() passes for a subclass and a part of the message", () => {
  assertStrictEquals(assertThrows(throwing(error), Error, "99999"), error);
});

Deno.test("assertThrows() finds plain text in a colored message", () => {
  assertThrows(throwing(new Error("\x1b[31mred\x1b[39m words")), Error, "red words");
});

Deno.test("assertThrows() fails if nothing is thrown", () => {
  const message = "Expected function to throw";
  assertEquals(failureMessage(() => assertThrows(() => {})), `${message}.`);
  assertEquals(failureMessage(() => assertThrows(() => {}, "bad port")), `${message}: bad port`);
  assertEquals(failureMessage(() => assertThrows(() => {}, Error, "x", "why")), `${message}: why`);
});

Deno.test("assertThrows() does not take a rejected promise for a throw", () => {
  const rejecting = () => Promise.reject(error);
  const started: Promise<never>[] = [];
  const message = failureMessage(() => assertThrows(() => started.push(rejecting())));
  started.forEach((promise) => promise.catch(() => {}));
  assertEquals(message, "Expected function to throw.");
});

Deno.test("assertThrows() fails for an error of another class", () => {
  assertEquals(
    failureMessage(() => assertThrows(throwing(error), TypeError)),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  assertEquals(
    failureMessage(() => assertThrows(throwing(error), TypeError, "99999", "why")),
    'Expected error to be instance of "TypeError", but was "RangeError": why',
  );
});

Deno.test("assertThrows() fails for a message without the text", () => {
  assertEquals(
    failureMessage(() => assertThrows(throwing(new Error("two\nlines")), Error, "a\nb")),
    'Expected error message to include "a\\nb", but got "two\\nlines".',
  );
});

Deno.test("assertThrows() fails for what is no error if a class is asked for", () => {
  assertEquals(
    failureMessage(() => assertThrows(throwing("text"), Error)),
    "A non-Error object was thrown.",
  );
  assertEquals(
    failureMessage(() => assertThrows(throwing(null), Error, "x", "why")),
    "A non-Error object was thrown: why",
  );
});
