import { assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { failureMessage } from "./testing/failure_message.ts";

class Row {
  constructor(public id: unknown = 1) {}
}
class TypedRow extends Row {}
class Counter {
  #count: unknown;
  constructor(count: unknown) {
    this.#count = count;
  }
  get count() {
    return this.#count;
  }
  raw() {
    return this.#count;
  }
}
class Sealed {
  #secret: unknown;
  constructor(secret: unknown) {
    this.#secret = secret;
  }
  raw() {
    return this.#secret;
  }
}

/** Whether `assertEquals` takes the two for equal; `assertNotEquals` must agree. */
function equal(a: unknown, b: unknown): boolean {
  const verdict = failureMessage(() => assertEquals(a, b)) === null;
  assertStrictEquals(failureMessage(() => assertNotEquals(a, b)) === null, !verdict);
  return verdict;
}

const KEY = Symbol("key");
const buffer = (...bytes: number[]) => new Uint8Array(bytes).buffer;
const errorAt = (stack: string, message: string, options?: ErrorOptions) =>
  Object.defineProperty(new Error(message, options), "stack", { value: stack });
const cycle = (value: number) => {
  const object: Record<string, unknown> = { value };
  object.self = object;
  return object;
};

/** What is compared, the two values, the verdict, and the verdict when swapped if it differs. */
type Case = [what: string, a: unknown, b: unknown, verdict: boolean, swapped?: boolean];

const CASES: readonly Case[] = [
  ["the same number", 1, 1, true],
  ["a number and its text", 1, "1", false],
  ["NaN and NaN", NaN, NaN, true],
  ["0 and -0", { n: 0 }, { n: -0 }, true],
  ["a big integer and a number", 1n, 1, false],
  ["null and undefined", null, undefined, false],
  ["symbols of one description", Symbol("a"), Symbol("a"), false],
  ["objects whose keys come in another order", { a: 1, b: [2] }, { b: [2], a: 1 }, true],
  ["objects that differ deep inside", { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, false],
  ["a key that holds undefined and no key", { a: undefined }, {}, false],
  ["other keys that hold undefined", { a: undefined }, { b: undefined }, false],
  ["an object and an array", {}, [], false],
  ["a hole and undefined", [, 1], [undefined, 1], false],
  ["arrays of other lengths", [1, 2], [1, 2, 3], false],
  ["arrays with other extra keys", Object.assign([1], { a: 1 }), [1], false],
  ["values of symbol keys", { [KEY]: 1 }, { [KEY]: 2 }, false],
  ["keys that are not enumerable", hidden(1), hidden(2), true],
  [
    "a getter and a value",
    {
      get a() {
        return 1;
      },
    },
    { a: 1 },
    true,
  ],
  ["objects of one class", new Row(), new Row(), true],
  ["objects of a class and of its subclass", new Row(), new TypedRow(), false],
  ["an object of a class and a plain one", new Row(), { id: 1 }, false],
  ["an object without prototype and a plain one", bare({ a: 1 }), { a: 1 }, true],
  ["private state with a getter", new Counter(1), new Counter(2), false],
  ["private state without a getter", new Sealed(1), new Sealed(2), true],
  ["the same function", Math.min, Math.min, true],
  ["functions of the same text", () => 1, () => 1, false],
  ["the same instant", new Date(5), new Date(5), true],
  ["other instants", new Date(5), new Date(6), false],
  ["invalid dates", new Date(NaN), new Date(NaN), true],
  ["a date and its number", new Date(5), 5, false],
  ["the same pattern", /a/g, /a/g, true],
  ["patterns with other flags", /a/g, /a/, false],
  ["addresses that are the same once normalized", new URL("http://a"), new URL("http://a/"), true],
  ["maps in another order", new Map([[1, 2], [3, 4]]), new Map([[3, 4], [1, 2]]), true],
  [
    "maps with keys that are equal objects",
    new Map([[{ a: 1 }, 1]]),
    new Map([[{ a: 1 }, 1]]),
    true,
  ],
  ["maps with other values", new Map([["a", 1]]), new Map([["a", 2]]), false],
  [
    "maps with other keys for undefined",
    new Map([[1, undefined]]),
    new Map([[2, undefined]]),
    false,
  ],
  ["sets in another order", new Set([1, 2]), new Set([2, 1]), true],
  ["sets of equal objects", new Set([{ a: 1 }, { b: 1 }]), new Set([{ b: 1 }, { a: 1 }]), true],
  [
    "a set with a key of its own and one without",
    Object.assign(new Set(), { a: 1 }),
    new Set(),
    false,
  ],
  ["sets of other objects", new Set([{ a: 1 }]), new Set([{ a: 2 }]), false],
  [
    "a set with one object twice, one member without partner",
    new Set([{ a: 1 }, { a: 1 }]),
    new Set([{ a: 1 }, { b: 1 }]),
    true,
    false,
  ],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([1, 2]), true],
  ["other bytes at the end", new Uint8Array([1, 2]), new Uint8Array([1, 3]), false],
  ["bytes and signed bytes", new Uint8Array([1]), new Int8Array([1]), false],
  ["bytes and numbers", new Uint8Array([1]), [1], false],
  [
    "a part of a buffer and a whole one",
    new Uint8Array([0, 1]).subarray(1),
    new Uint8Array([1]),
    true,
  ],
  ["floats with NaN", new Float64Array([NaN]), new Float64Array([NaN]), true],
  ["buffers", buffer(1), buffer(1), true],
  ["buffers of other bytes", buffer(1), buffer(2), false],
  ["shared buffers of other lengths", new SharedArrayBuffer(1), new SharedArrayBuffer(2), false],
  ["views of other bytes", new DataView(buffer(1)), new DataView(buffer(2)), false],
  ["references to equal objects", new WeakRef({ a: 1 }), new WeakRef({ a: 1 }), true],
  ["errors of one message and place", errorAt("x", "a"), errorAt("x", "a"), true],
  ["errors from other places", errorAt("x", "a"), errorAt("y", "a"), false],
  ["errors with other messages", errorAt("x", "a"), errorAt("x", "b"), false],
  [
    "errors with equal causes",
    errorAt("x", "a", { cause: [1] }),
    errorAt("x", "a", { cause: [1] }),
    true,
  ],
  [
    "an error with a cause and one without",
    errorAt("x", "a", { cause: 1 }),
    errorAt("x", "a"),
    false,
  ],
  ["cycles of the same shape", cycle(1), cycle(1), true],
  ["cycles of other values", cycle(1), cycle(2), false],
];

for (const [what, a, b, verdict, swapped = verdict] of CASES) {
  Deno.test(`assertEquals() ${verdict ? "passes" : "fails"} for ${what}`, () => {
    assertStrictEquals(equal(a, b), verdict);
    assertStrictEquals(equal(b, a), swapped);
  });
}

for (
  const [name, create] of [["WeakMap", () => new WeakMap()], [
    "WeakSet",
    () => new WeakSet(),
  ]] as const
) {
  Deno.test(`assertEquals() refuses two different ${name}s`, () => {
    const one = create();
    assertStrictEquals(equal(one, one), true);
    assertThrows(
      () => equal({ one }, { one: create() }),
      TypeError,
      `Cannot compare ${name} instances`,
    );
  });
}

function hidden(value: unknown): object {
  return Object.defineProperty({}, "hidden", { value, enumerable: false });
}

function bare(properties: object): object {
  return Object.assign(Object.create(null), properties);
}
