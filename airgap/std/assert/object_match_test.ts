import { assertEquals, assertObjectMatch, assertThrows } from "@std/assert";
import { failureMessage } from "./_failure_message.ts";

class Sample {
  constructor(public id = 1, public value = 2) {}
  get doubled() {
    return this.value * 2;
  }
}

// deno-lint-ignore no-explicit-any
type Properties = Record<PropertyKey, any>;
type Case = [what: string, actual: Properties, expected: Properties];

const cycle: Properties = { a: 1 };
cycle.self = cycle;

const PASSES: readonly Case[] = [
  ["keys that are not expected", { a: 1, b: 2 }, { a: 1 }],
  ["keys that are not expected, deep inside", { a: { b: 1, c: 2 } }, { a: { b: 1 } }],
  ["elements after those expected", { list: [1, 2, 3] }, { list: [1, 2] }],
  ["parts of objects in a list", { list: [{ a: 1, b: 2 }] }, { list: [{ a: 1 }] }],
  ["more entries of a map", map(["a", 1], ["b", 2]), map(["a", 1])],
  ["parts of a map's values", map(["a", { x: 1, y: 2 }]), map(["a", { x: 1 }])],
  ["more members of a set", { set: new Set([1, 2]) }, { set: new Set([1]) }],
  ["an object of a class", { sample: new Sample() }, { sample: { id: 1 } }],
  ["a plain object in place of one of a class", { sample: { id: 1, value: 2 } }, {
    sample: new Sample(),
  }],
  ["undefined where it is expected", { a: undefined }, { a: undefined }],
  ["the same date", { at: new Date(1) }, { at: new Date(1) }],
  ["the same pattern", { re: /a/ }, { re: /a/ }],
  ["a part of an error", { error: new Error("reset") }, { error: { message: "reset" } }],
  ["a way around a cycle", cycle, { self: { self: { a: 1 } } }],
  ["a cycle and itself", cycle, cycle],
  ["one object in two places", twice({ x: 1, y: 2 }), { a: { x: 1 }, b: { y: 2 } }],
];

for (const [what, actual, expected] of PASSES) {
  Deno.test(`assertObjectMatch() passes for ${what}`, () => {
    assertEquals(failureMessage(() => assertObjectMatch(actual, expected)), null);
  });
}

const FAILS: readonly Case[] = [
  ["another value", { a: 1 }, { a: 2 }],
  ["a missing key", { a: 1 }, { b: 1 }],
  ["a missing key that should hold undefined", { a: 1 }, { b: undefined }],
  ["a list that is shorter", { list: [1] }, { list: [1, 2] }],
  ["an element that differs", { list: [[1, 2]] }, { list: [[1, 3]] }],
  ["null in place of an object", { a: null }, { a: {} }],
  ["another date", { at: new Date(1) }, { at: new Date(2) }],
  ["another pattern", { re: /a/ }, { re: /b/ }],
  ["a map's other value", map(["a", 1]), map(["a", 2])],
  ["a map without the key", map(["a", 1]), map(["b", 1])],
  ["a set without the member", { set: new Set([1]) }, { set: new Set([2]) }],
  ["other bytes", { body: new Uint8Array([1]) }, { body: new Uint8Array([2]) }],
  ["another function", { fn: Math.min }, { fn: Math.max }],
  ["what a getter of the class shows", { sample: new Sample() }, { sample: { doubled: 4 } }],
  ["a list where an object is", { a: { 0: 1 } }, { a: [1] }],
];

for (const [what, actual, expected] of FAILS) {
  Deno.test(`assertObjectMatch() fails for ${what}`, () => {
    const message = failureMessage(() => assertObjectMatch(actual, expected, "row"));
    assertEquals(message?.split("\n")[0], "Values are not equal: row");
  });
}

Deno.test("assertObjectMatch() shows only what it compared", () => {
  assertEquals(
    failureMessage(() => assertObjectMatch({ a: 1, b: [1, 2], c: 3 }, { a: 2, b: [1] })),
    "Values are not equal.\n\n\n    [Diff] Actual / Expected\n\n\n" +
      "    {\n-     a: 1,\n+     a: 2,\n      b: [\n        1,\n      ],\n    }\n",
  );
});

Deno.test("assertObjectMatch() shows the whole object if it has nothing of what is expected", () => {
  assertEquals(
    failureMessage(() => assertObjectMatch({ a: 1 }, { z: 1 })),
    "Values are not equal.\n\n\n    [Diff] Actual / Expected\n\n\n" +
      "    {\n-     a: 1,\n+     z: 1,\n    }\n",
  );
});

Deno.test("assertObjectMatch() refuses what is no object", () => {
  // deno-lint-ignore no-explicit-any
  const noObject = (value: any) => () => assertObjectMatch(value, {});
  assertThrows(noObject(null), TypeError, "Cannot assertObjectMatch null");
  assertThrows(noObject("text"), TypeError, "Cannot assertObjectMatch type string");
});

function map(...entries: [string, unknown][]): Properties {
  return { map: new Map(entries) };
}

function twice(value: object): Properties {
  return { a: value, b: value };
}
