import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/csv/parse";
import { type DataItem, stringify, type StringifyOptions } from "@std/csv/stringify";

/** What is written, the data, the text, and the options. */
type Case = [what: string, data: DataItem[], text: string, options?: StringifyOptions];

const PLACED = { place: { rack: "r1", ports: [7, 8] } };

const WRITES: readonly Case[] = [
  ["nothing", [], ""],
  ["arrays, each line ended by \\r\\n", [["a", 1], ["b", 2n]], "a,1\r\nb,2\r\n"],
  ["nothing for null and undefined", [["a", null, undefined, ""]], "a,,,\r\n"],
  ["numbers and truth values as text", [[true, NaN, 1e-7, -0]], "true,NaN,1e-7,0\r\n"],
  ["quotes around what needs them", [["a,b", 'c"d', "e\nf"]], '"a,b","c""d","e\nf"\r\n'],
  ["no quotes around the rest", [[" a ", "b\rc", "#", "'"]], " a ,b\rc,#,'\r\n"],
  ["objects and lists as JSON", [[{ a: 1 }, [1, 2]]], '"{""a"":1}","[1,2]"\r\n'],
  ["a date as JSON", [[new Date(0)]], '"""1970-01-01T00:00:00.000Z"""\r\n'],
  ["another separator", [["a;b", "c,d"]], '"a;b";c,d\r\n', { separator: ";" }],
  ["a byte order mark", [["a"]], "\ufeffa\r\n", { bom: true }],
  ["columns of objects", [{ a: 1, b: 2 }], "b,a\r\n2,1\r\n", { columns: ["b", "a"] }],
  ["only their names without data", [], "a,b\r\n", { columns: ["a", "b"] }],
  ["no names if told so", [{ a: 1 }], "1\r\n", { columns: ["a"], headers: false }],
  ["columns of arrays", [[1, 2]], "1\r\n2\r\n", { columns: [1] }],
  ["nothing for a column that is not there", [{ a: 1 }], "z\r\n\r\n", { columns: ["z"] }],
  ["nested columns", [PLACED], "rack,1\r\nr1,8\r\n", {
    columns: [["place", "rack"], ["place", "ports", 1]],
  }],
  ["columns under another name", [PLACED, {}], '"a,b",rack\r\nr1,r1\r\n,\r\n', {
    columns: [{ prop: ["place", "rack"], header: "a,b" }, { prop: ["place", "rack"] }],
  }],
];

for (const [what, data, text, options] of WRITES) {
  Deno.test(`stringify() writes ${what}`, () => {
    assertEquals(stringify(data, options), text);
  });
}

Deno.test("stringify() refuses separators that could not be read back", () => {
  for (const separator of ['"', "\r\n"]) {
    assertThrows(
      () => stringify([["a"]], { separator }),
      TypeError,
      'Separator cannot include the following strings:\n  - U+0022: Quotation mark (")\n' +
        "  - U+000D U+000A: Carriage Return + Line Feed (\\r\\n)",
    );
  }
});

Deno.test("stringify() refuses objects without columns, and names for places in an array", () => {
  assertThrows(
    () => stringify([{ a: 1 }]),
    TypeError,
    "No property accessor function was provided for object",
  );
  assertThrows(
    () => stringify([[1]], { columns: ["a"] }),
    TypeError,
    'Property accessor is not of type "number"',
  );
});

Deno.test("parse() reads back what stringify() wrote", () => {
  const rows = [["id", 'say "hi"'], ["a,b", "c\nd"], ["", "é😀"]];
  assertEquals(parse(stringify(rows)), rows);
});
