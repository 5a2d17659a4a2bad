import {
  assertEquals,
  assertInstanceOf,
  AssertionError,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  assertSpyCall,
  assertSpyCalls,
  MockError,
  resolvesNext,
  returnsNext,
  spy,
  stub,
} from "@std/testing/mock";

class Meter {
  constructor(public value = 5) {}
  get doubled() {
    return this.value * 2;
  }
  add(n: number) {
    return this.value + n;
  }
  static zero() {
    return new Meter(0);
  }
}

Deno.test("spy() is a function that only records its calls", () => {
  const nothing = spy();
  assertEquals([nothing(), nothing(1, 2)], [undefined, undefined]);
  assertEquals(nothing.calls, [
    { args: [], returned: undefined },
    { args: [1, 2], returned: undefined },
  ]);
});

Deno.test("spy() calls a function and records what came and went", () => {
  const sum = spy(function (this: unknown, a: number, b: number) {
    return a + b;
  });
  assertEquals(sum.call("self", 1, 2), 3);
  assertEquals(sum.calls, [{ args: [1, 2], self: "self", returned: 3 }]);
  assertEquals(sum.original(3, 4), 7);
});

Deno.test("spy() records an error and lets it through", () => {
  const error = new Error("reset");
  const failing = spy(() => {
    throw error;
  });
  assertStrictEquals(assertThrows(failing), error);
  assertEquals(failing.calls, [{ args: [], error }]);
});

Deno.test("spy() watches a method until it is restored", () => {
  const meter = new Meter();
  const add = spy(meter, "add");
  assertEquals(meter.add(2), 7);
  assertStrictEquals(add.calls[0].self, meter);
  assertEquals([add.calls[0].args, add.calls[0].returned, add.restored], [[2], 7, false]);
  add.restore();
  assertEquals(add.restored, true);
  assertEquals(Object.hasOwn(meter, "add"), false);
  assertStrictEquals(meter.add, Meter.prototype.add);
});

Deno.test("spy() watches how a class makes its objects", () => {
  const Watched = spy(Meter);
  const meter = new Watched(7);
  assertInstanceOf(meter, Meter);
  assertInstanceOf(meter, Watched);
  assertEquals(Watched.calls.map(({ args }) => args), [[7]]);
  assertStrictEquals(Watched.calls[0].returned, meter);
});

Deno.test("stub() replaces a method, with nothing or with a function", () => {
  const meter = new Meter();
  {
    using add = stub(meter, "add");
    assertEquals(meter.add(2), undefined);
    assertEquals(add.calls.length, 1);
  }
  assertEquals(meter.add(2), 7);
  const add = stub(meter, "add", (n) => n * 100);
  assertEquals([meter.add(1), add.fake.call(meter, 2), add.original.call(meter, 2)], [100, 200, 7]);
  add.restore();
});

Deno.test("stub() puts a property back just as it was", () => {
  const object = Object.defineProperty({} as { f(): number }, "f", {
    value: () => 1,
    configurable: true,
  });
  const before = Object.getOwnPropertyDescriptor(object, "f");
  const f = stub(object, "f", () => 2);
  assertEquals([object.f(), Object.keys(object)], [2, []]);
  f.restore();
  assertEquals(Object.getOwnPropertyDescriptor(object, "f"), before);
});

Deno.test("stub() replaces static methods and those of globals", () => {
  using zero = stub(Meter, "zero", () => new Meter(-1));
  using now = stub(Date, "now", () => 5);
  assertEquals([Meter.zero().value, Date.now()], [-1, 5]);
  assertSpyCalls(zero, 1);
  assertSpyCalls(now, 1);
});

Deno.test("spy() and stub() refuse what they cannot replace", () => {
  const meter = new Meter();
  // deno-lint-ignore no-explicit-any
  const none = "nothing" as any;
  const no_method = "property is not an instance method";
  assertThrows(() => spy(meter, none), MockError, `Cannot spy: ${no_method}`);
  assertThrows(() => spy(meter, "value"), MockError, `Cannot spy: ${no_method}`);
  assertThrows(() => stub(meter, "doubled"), MockError, `Cannot stub: ${no_method}`);
  const frozen = Object.freeze({ f() {} });
  assertThrows(() => spy(frozen, "f"), MockError, "Cannot spy: non-configurable instance method");
  assertThrows(() => stub(frozen, "f"), MockError, "Cannot stub: non-configurable instance method");
  using _add = stub(meter, "add");
  assertThrows(
    () => stub(meter, "add"),
    MockError,
    "Cannot stub: already spying on instance method",
  );
});

Deno.test("restore() works once, and only for methods", () => {
  const add = spy(new Meter(), "add");
  add.restore();
  assertThrows(
    () => add.restore(),
    MockError,
    "Cannot restore: instance method already restored",
  );
  assertThrows(() => spy().restore(), MockError, "Cannot restore: function cannot be restored");
  assertThrows(
    () => spy(Meter).restore(),
    MockError,
    "Cannot restore: constructor cannot be restored",
  );
});

Deno.test("returnsNext() returns one value a call and throws those that are errors", () => {
  const next = returnsNext([1, new Error("second"), 3]);
  assertEquals(next(), 1);
  assertThrows(next, Error, "second");
  assertEquals(next(), 3);
  assertThrows(next, MockError, "Not expected to be called more than 3 time(s)");
});

Deno.test("resolvesNext() resolves to one value a call and rejects with those that are errors", async () => {
  const next = resolvesNext([1, new Error("second"), Promise.resolve(3)]);
  assertEquals(await next(), 1);
  await assertRejects(next, Error, "second");
  assertEquals(await next(), 3);
  await assertRejects(next, MockError, "Not expected to be called more than 3 time(s)");
});

Deno.test("resolvesNext() takes its values from an async iterable", async () => {
  const next = resolvesNext((async function* () {
    yield 1;
  })());
  assertEquals(await next(), 1);
  await assertRejects(next, MockError, "Not expected to be called more than 1 time(s)");
});

const DIFFERENCE = "\n\n\n    [Diff] Actual / Expected\n\n\n";
const double = spy((n: number) => n * 2);
double(4);
const failing = spy((_n: number): number => {
  throw new RangeError("over the limit");
});
assertThrows(() => failing(1));
const meter = new Meter();
const add = spy(meter, "add");
meter.add(1);
add.restore();

/** An assertion, and its message without colors; `null` if it passes. */
const CASES: readonly [what: string, assertion: () => void, message: string | null][] = [
  ["the right number of calls", () => assertSpyCalls(double, 1), null],
  [
    "too few calls",
    () => assertSpyCalls(double, 2),
    `Spy not called as much as expected:${DIFFERENCE}-   1\n+   2\n`,
  ],
  [
    "too many calls",
    () => assertSpyCalls(double, 0),
    `Spy called more than expected:${DIFFERENCE}-   1\n+   0\n`,
  ],
  ["a call whatever it was", () => assertSpyCall(double, 0), null],
  ["a call as expected", () => assertSpyCall(double, 0, { args: [4], returned: 8 }), null],
  ["a call by itself", () => assertSpyCall(double, 0, { self: undefined }), null],
  ["a call of the right object", () => assertSpyCall(add, 0, { self: meter }), null],
  ["no such call", () => assertSpyCall(double, 1), "Spy not called as much as expected"],
  [
    "other arguments",
    () => assertSpyCall(double, 0, { args: [5] }),
    `Spy not called with expected args:${DIFFERENCE}    [\n-     4,\n+     5,\n    ]\n`,
  ],
  [
    "another result",
    () => assertSpyCall(double, 0, { returned: 9 }),
    `Spy call did not return expected value:${DIFFERENCE}-   8\n+   9\n`,
  ],
  [
    "a function called by itself that should have an object",
    () => assertSpyCall(double, 0, { self: {} }),
    `Spy not called as method on expected self:${DIFFERENCE}-   undefined\n+   {}\n`,
  ],
  [
    "a result in place of an error",
    () => assertSpyCall(double, 0, { error: { Class: Error } }),
    "Spy call did not throw an error, a value was returned.",
  ],
  [
    "the right error",
    () => assertSpyCall(failing, 0, { error: { Class: RangeError, msgIncludes: "limit" } }),
    null,
  ],
  [
    "an error of another class",
    () => assertSpyCall(failing, 0, { error: { Class: TypeError } }),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  ],
  [
    "an error that says something else",
    () => assertSpyCall(failing, 0, { error: { msgIncludes: "refused" } }),
    'Expected error message to include "refused", but got "over the limit".',
  ],
  [
    "an error in place of a result",
    () => assertSpyCall(failing, 0, { returned: 1 }),
    "Spy call did not return expected value, an error was thrown.",
  ],
];

for (const [what, assertion, message] of CASES) {
  const verdict = message === null ? "passes for" : "fails for";
  Deno.test(`an assertion about a spy ${verdict} ${what}`, () => {
    if (message === null) return assertion();
    const error = assertThrows(assertion, AssertionError);
    // deno-lint-ignore no-control-regex
    assertEquals(error.message.replaceAll(/\x1b\[\d+m/g, ""), message);
  });
}

Deno.test("assertSpyCall() fails for a method's call that should have had no object", () => {
  const error = assertThrows(() => assertSpyCall(add, 0, { self: undefined }), AssertionError);
  assertEquals(
    error.message.split("\n")[0],
    "Spy not expected to be called as method on object:",
  );
});

Deno.test("assertSpyCall() does not take a result and an error at once", () => {
  assertThrows(
    () => assertSpyCall(double, 0, { returned: 8, error: { Class: Error } }),
    TypeError,
    "Do not expect error and return, only one should be expected",
  );
});
