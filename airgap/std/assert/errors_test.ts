import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { failureMessage, failureMessageAsync } from "./testing/failure_message.ts";

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

Deno.test("assertThrows() fails for a function that returns", () => {
  const message = "Expected function to throw";
  assertEquals(failureMessage(() => assertThrows(() => {})), `${message}.`);
  assertEquals(failureMessage(() => assertThrows(() => {}, "bad port")), `${message}: bad port`);
  assertEquals(failureMessage(() => assertThrows(() => {}, Error, "x", "why")), `${message}: why`);
});

Deno.test("assertThrows() does not count a rejected promise as a throw", () => {
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

Deno.test("assertThrows() fails for a thrown non-error if a class is expected", () => {
  assertEquals(
    failureMessage(() => assertThrows(throwing("text"), Error)),
    "A non-Error object was thrown.",
  );
  assertEquals(
    failureMessage(() => assertThrows(throwing(null), Error, "x", "why")),
    "A non-Error object was thrown: why",
  );
});

/** Arguments after the function that the types forbid, as untyped code passes them. */
type Loose = (fn: () => unknown, ...rest: unknown[]) => unknown;

/** Arguments after a function that returns, and the ends of the messages. */
const LOOSE: readonly [rest: unknown[], threw: string, rejected: string][] = [
  [[undefined], ".", "."],
  [[undefined, "MSG"], ".", "."],
  [[undefined, "x", "MSG"], ": MSG", ": MSG"],
  [[undefined, undefined, "MSG"], ": MSG", ": MSG"],
  [["MSG", "x", "y"], ": MSG", ": MSG"],
  [["", "MSG"], ".", "."],
  [[Error, undefined, "MSG"], ": MSG", ": MSG"],
  [[Error, "MSG"], ".", "."],
  [[class {}, "MSG"], ": MSG", "."],
  [[class {}, "x", "MSG"], ": x", ": MSG"],
  [[() => {}, "MSG"], ": MSG", "."],
  [[{}, "MSG", "y"], ": MSG", ": y"],
];

for (const [rest, threw, rejected] of LOOSE) {
  Deno.test(`assertThrows() and assertRejects() read ${Deno.inspect(rest)}`, async () => {
    const throws = assertThrows as Loose;
    const rejects = assertRejects as Loose as (...all: unknown[]) => Promise<unknown>;
    const said = failureMessage(() => throws(() => {}, ...rest));
    assertEquals(said, `Expected function to throw${threw}`);
    const said_async = await failureMessageAsync(() => rejects(() => Promise.resolve(), ...rest));
    assertEquals(said_async, `Expected function to reject${rejected}`);
  });
}

Deno.test("assertThrows() takes null as no class, followed by the message", async () => {
  const throws = assertThrows as Loose;
  const said = failureMessage(() => throws(() => {}, null, "MSG", "y"));
  assertEquals(said, "Expected function to throw: MSG");
  assertStrictEquals(throws(throwing(5), null, "MSG"), 5);
  const rejects = assertRejects as Loose as (...all: unknown[]) => Promise<unknown>;
  await assertRejects(() => rejects(() => Promise.resolve(), null, "MSG"), TypeError);
});

Deno.test("assertThrows() accepts any value for a class that is no error class", () => {
  const throws = assertThrows as Loose;
  assertStrictEquals(throws(throwing(5), class {}, "x"), 5);
  assertStrictEquals(throws(throwing(error), undefined, "not in it"), error);
});

const rejecting = (reason: unknown) => () => Promise.reject(reason);

Deno.test("assertRejects() resolves to the reason, an error or not", async () => {
  assertStrictEquals(await assertRejects(rejecting(error)), error);
  assertStrictEquals(await assertRejects(rejecting(5)), 5);
});

Deno.test("assertRejects() passes for a subclass and a part of the message", async () => {
  assertStrictEquals(await assertRejects(rejecting(error), Error, "99999"), error);
});

Deno.test("assertRejects() accepts anything with a then() as a promise", async () => {
  const thenable: PromiseLike<never> = {
    // deno-lint-ignore no-explicit-any
    then: (_resolve: any, reject: any) => reject(error),
  };
  assertStrictEquals(await assertRejects(() => thenable), error);
});

/** The fault, the assertion, and its message. */
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
    "a function that returns a function with then()",
    // deno-lint-ignore no-explicit-any
    () => assertRejects((() => Object.assign(() => {}, { then() {} })) as any),
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
    'Expected error message to include "x", but got "port 99999 is out of range": why',
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
