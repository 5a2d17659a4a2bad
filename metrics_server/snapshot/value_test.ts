import { assertEquals } from "@std/assert";
import { bytesOf } from "../testing/bodies.ts";
import { forSeeds } from "../testing/random.ts";
import { cellToken, isMissing, isNumber, isPlainText } from "./value.ts";

function tokenOf(cell: string | Uint8Array): string {
  const bytes = typeof cell === "string" ? bytesOf(cell) : cell;
  const framed = new Uint8Array(bytes.length + 2).fill(0x39);
  framed.set(bytes, 1);
  return cellToken(framed, 1, bytes.length + 1);
}

const TOKENS: [cell: string, token: string][] = [
  // JSON's number grammar, and what just misses it
  ["0", "0"],
  ["-0", "-0"],
  ["7", "7"],
  ["-12.50", "-12.50"],
  ["0.1", "0.1"],
  ["1e5", "1e5"],
  ["1E+05", "1E+05"],
  ["5.48295e-7", "5.48295e-7"],
  ["-1.5E-300", "-1.5E-300"],
  ["1e999", "1e999"],
  ["007", '"007"'],
  ["00", '"00"'],
  ["-01", '"-01"'],
  ["1.", '"1."'],
  [".5", '".5"'],
  ["-.5", '"-.5"'],
  ["+1", '"+1"'],
  ["-", '"-"'],
  ["--1", '"--1"'],
  ["e5", '"e5"'],
  ["1e", '"1e"'],
  ["1e+", '"1e+"'],
  ["1e5.5", '"1e5.5"'],
  ["1.e5", '"1.e5"'],
  ["0x1f", '"0x1f"'],
  ["1_000", '"1_000"'],
  ["1 000", '"1 000"'],
  ["1.2.3", '"1.2.3"'],
  ["Infinity", '"Infinity"'],
  ["-inf", '"-inf"'],
  // Digits beyond what a JavaScript number holds
  ["9007199254740993", "9007199254740993"],
  ["18446744073709551615", "18446744073709551615"],
  ["-9223372036854775808", "-9223372036854775808"],
  ["0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"],
  ["1".repeat(100), "1".repeat(100)],
  // No value
  ["", "null"],
  ["   ", "null"],
  ["N/A", "null"],
  ["n/a", "null"],
  ["nan", "null"],
  ["NaN", "null"],
  ["NAN", "null"],
  ["-nan", "null"],
  ["-NaN", "null"],
  [" N/A ", "null"],
  ['""', "null"],
  ['"N/A"', "null"],
  ['" nan "', "null"],
  // Nearly no value
  ["NA", '"NA"'],
  ["+nan", '"+nan"'],
  ["nano", '"nano"'],
  ["n\u000fa", '"n\\u000fa"'],
  ["null", '"null"'],
  ["true", '"true"'],
  // Text
  ["active", '"active"'],
  [`37°36'37.8"N`, `"37°36'37.8\\"N"`],
  ['"1"2', '"\\"1\\"2"'],
  ['"a" and "b"', '"\\"a\\" and \\"b\\""'],
  [' "7" ', "7"],
  [' "a""b" ', '"a\\"b"'],
  ['"', '"\\""'],
  [" padded ", '"padded"'],
  ["größe €", '"größe €"'],
  ["back\\slash", '"back\\\\slash"'],
  ["tab\there", '"tab\\there"'],
  ["\u0000", '"\\u0000"'],
  ["a\rb", '"a\\rb"'],
  ["\u2028", '"\u2028"'],
  ["\ufeff", '"\ufeff"'],
  // Quotes belong to CSV
  ['"7"', "7"],
  ['" -1.5e3 "', "-1.5e3"],
  ['"007"', '"007"'],
  ['"a, ""b"""', '"a, \\"b\\""'],
  ['"two\nlines"', '"two\\nlines"'],
  ['" kept "', '" kept "'],
  ['""""', '"\\""'],
  ['"', '"\\""'],
];

for (const [cell, token] of TOKENS) {
  const shown = (text: string) => text.length > 50 ? `${text.slice(0, 50)}…` : text;
  Deno.test(`cellToken gives ${shown(JSON.stringify(cell))} as ${shown(token)}`, () => {
    assertEquals(tokenOf(cell), token);
    JSON.parse(token);
  });
}

Deno.test("cellToken replaces broken UTF-8 by U+FFFD", () => {
  assertEquals(tokenOf(new Uint8Array([0x61, 0xff, 0xc3])), '"a\ufffd\ufffd"');
});

const ALPHABET = [..."0123456789-+.eE", "0", "0", "1", "-", ".", "n", "a", "N", "/", "A", " "];

Deno.test("cellToken recognises exactly the numbers that JSON.parse accepts", () => {
  forSeeds(30_000, (random) => {
    let cell = "";
    for (let i = 1 + random.below(7); i > 0; i--) cell += random.of(ALPHABET);
    assertEquals(isNumber(bytesOf(cell), 0, cell.length), isJsonNumber(cell), cell);
  });
});

function isJsonNumber(text: string): boolean {
  if (text.trim() !== text) return false;
  try {
    return typeof JSON.parse(text) === "number";
  } catch {
    return false;
  }
}

Deno.test("cellToken gives valid JSON for any bytes, and text unchanged", () => {
  forSeeds(3000, (random) => {
    const bytes = Uint8Array.from({ length: random.below(12) }, () => random.below(256));
    const value = JSON.parse(tokenOf(bytes));
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
      .replace(/^ +| +$/g, "");
    if (typeof value === "string" && !text.startsWith('"')) assertEquals(value, text);
  });
});

Deno.test("isMissing recognises each spelling in any case, but no prefix of one", () => {
  const is = (text: string) => isMissing(bytesOf(text), 0, bytesOf(text).length);
  assertEquals(["", "n/A", "nAn", "-Nan"].map(is), [true, true, true, true]);
  assertEquals(["n", "n/", "na", "-na", "nanx", "\u000en/a"].map(is), Array(6).fill(false));
});

Deno.test("isPlainText accepts printable ASCII without escapes", () => {
  const is = (text: string) => isPlainText(bytesOf(text), 0, bytesOf(text).length);
  for (let code = 0; code < 256; code++) {
    const text = String.fromCharCode(code);
    const is_plain = code < 127 && JSON.stringify(text) === `"${text}"`;
    assertEquals(is(`a${text}b`), is_plain, `code ${code}`);
  }
});
