import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { parse } from "@std/csv";

type ParseOptions = { fieldsPerRecord?: number; columns?: string[] };

/** What the text shows, the text, its records, and the options. */
type Case = [what: string, text: string, records: string[][], options?: ParseOptions];

const READS: readonly Case[] = [
  ["nothing in an empty text", "", []],
  ["records without a line end after the last", "a,b\nc,d", [["a", "b"], ["c", "d"]]],
  ["a line end after the last record", "a\n", [["a"]]],
  ["lines that end in \\r\\n", "a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]],
  ["a lone \\r as a character", "a\rb", [["a\rb"]]],
  ["no \\r at the very end", "a\r", [["a"]]],
  ["empty fields", ",,\n,", [["", "", ""], ["", ""]]],
  ["no record in an empty line", "\n\na\n\n\r\nb\n\n", [["a"], ["b"]]],
  ["a line of spaces", " \n", [[" "]]],
  ["fields with the spaces around them", " a , b", [[" a ", " b"]]],
  ["records of other lengths", "a\nb,c", [["a"], ["b", "c"]]],
  ["separators inside quotes", '"a,b",c', [["a,b", "c"]]],
  ["doubled quotes as one", '"a ""b"""', [['a "b"']]],
  ["empty quotes", '"",""', [["", ""]]],
  ["line ends inside quotes as \\n", '"a\r\nb\n\nc",d', [["a\nb\n\nc", "d"]]],
  ["a text without its byte order mark", "\ufeffa,b", [["a", "b"]]],
  ["a # as a character", "#a\nb", [["#a"], ["b"]]],
  ["64-bit counters digit for digit", "18446744073709551615", [["18446744073709551615"]]],
  ["any number of fields below 0", "a\nb,c", [["a"], ["b", "c"]], { fieldsPerRecord: -1 }],
  ["as many fields as required", "a,b\n\nc,d", [["a", "b"], ["c", "d"]], { fieldsPerRecord: 2 }],
  ["as many fields as the first has", "a,b\nc,d", [["a", "b"], ["c", "d"]], { fieldsPerRecord: 0 }],
];

for (const [what, text, records, options] of READS) {
  Deno.test(`parse() reads ${what}`, () => {
    assertEquals(options ? parse(text, options) : parse(text), records);
  });
}

/** A text that is refused, and the message; `Class` is a `SyntaxError` unless given. */
type Refusal = [
  text: string,
  message: string,
  options?: ParseOptions,
  Class?: new (...args: never[]) => Error,
];

const BARE = 'bare " in non-quoted-field';
const QUOTED = 'extraneous or missing " in quoted-field';

const REFUSES: readonly Refusal[] = [
  ['a"b', `Syntax error on line 1; parse error on line 1, column 2: ${BARE}`],
  ['x,y\nz,a"b', `Syntax error on line 2; parse error on line 2, column 4: ${BARE}`],
  [' "a"', `Syntax error on line 1; parse error on line 1, column 2: ${BARE}`],
  ['"a"b', `Syntax error on line 1; parse error on line 1, column 3: ${QUOTED}`],
  ['"a" ,b', `Syntax error on line 1; parse error on line 1, column 3: ${QUOTED}`],
  ['x\n"a\nb"c', `Syntax error on line 2; parse error on line 3, column 2: ${QUOTED}`],
  ['"a', `Syntax error on line 1; parse error on line 1, column 1: ${QUOTED}`],
  ['a,"b\nc\nd', `Syntax error on line 1; parse error on line 3, column 1: ${QUOTED}`],
  ['a,"', `Syntax error on line 1; parse error on line 1, column 4: ${QUOTED}`],
  ['"a""', `Syntax error on line 1; parse error on line 1, column 5: ${QUOTED}`],
  ['😀,"b"c', `Syntax error on line 1; parse error on line 1, column 5: ${QUOTED}`],
  // A record of two lines counts as one line for those after it.
  ['"a\nb"\nc"', `Syntax error on line 2; parse error on line 2, column 2: ${BARE}`],
  ['😀é"', `Syntax error on line 1; parse error on line 1, column 3: ${BARE}`],
  ["a,b\nc", "Syntax error on line 2: expected 2 fields but got 1", { fieldsPerRecord: 0 }],
  // The first line counts, even if it is empty.
  ["\na", "Syntax error on line 2: expected 0 fields but got 1", { fieldsPerRecord: 0 }],
  ["\n\na", "Syntax error on line 3: expected 2 fields but got 1", { fieldsPerRecord: 2 }],
  ['"a\nb"', "Syntax error on line 1: expected 2 fields but got 1", { fieldsPerRecord: 2 }],
  [
    "1,2\n1,2,3",
    "Syntax error on line 2: The record has 3 fields, but the header has 2 fields",
    { columns: ["a", "b"] },
    Error,
  ],
];

for (const [text, message, options = {}, Class = SyntaxError] of REFUSES) {
  Deno.test(`parse() refuses ${JSON.stringify(text)} ${JSON.stringify(options)}`, () => {
    const error = assertThrows(() => parse(text, options));
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.message], [Class.name, message]);
  });
}

Deno.test("parse() names a record's fields by the columns given", () => {
  assertEquals(parse("1,2", { columns: ["x", "y"] }), [{ x: "1", y: "2" }]);
});

Deno.test("parse() lets the last of two columns of one name win", () => {
  assertEquals(parse("1,2,3", { columns: ["a", "b", "a"] }), [{ a: "3", b: "2" }]);
});

Deno.test("parse() makes a column of any name an own property", () => {
  const [row] = parse("1,2", { columns: ["__proto__", "b"] });
  assertEquals(Object.entries(row), [["__proto__", "1"], ["b", "2"]]);
});

Deno.test("parse() types records by the names of the columns", () => {
  const [named] = parse("1,2", { columns: ["x", "y"] });
  const x: string = named.x;
  // @ts-expect-error there is no such column
  const z: string | undefined = named.z;
  assertEquals([x, z], ["1", undefined]);
});
