import { assertEquals } from "@std/assert";
import { shapeDifferences } from "./answer_shape.ts";

const CASES: [promise: string, documented: string, real: string, differences: string[]][] = [
  ["accepts other values of the same types", '{"a":1,"b":["x"]}', '{"a":2,"b":["y","z"]}', []],
  ["accepts null for a value that can be missing", '{"a":null}', '{"a":"x"}', []],
  ["accepts any members of an object documented as empty", '{"a":{}}', '{"a":{"b":1}}', []],
  ["names a member that is missing", '{"a":1,"b":2}', '{"a":1}', ["b is documented, got none"]],
  ["names a member that is not documented", '{"b":1}', '{"a":1,"b":1}', ["a is not documented"]],
  ["names another type, with its path", '{"a":{"b":1}}', '{"a":{"b":"1"}}', [
    "a.b: number is documented, got string",
  ]],
  ["compares the first item of an array", '[{"a":1}]', '[{"a":true}]', [
    "[0].a: number is documented, got boolean",
  ]],
  ["requires items if items are documented", '{"a":[1]}', '{"a":[]}', [
    "a: items are documented, got none",
  ]],
  ["requires JSON if JSON is documented", '{"a":1}', "<html>", [
    "JSON is documented, got <html>",
  ]],
  ["compares the first line of other text", "id,x\n1,2", "id,x\n3,4", []],
  ["names another first line", "id,x\n1,2", "id,y\n1,2", [
    'first line: "id,x" is documented, got "id,y"',
  ]],
  [
    "compares status and names of headers, in any case",
    'HTTP/1.1 200 OK\nETag: "a"\n\n{"a":1}',
    'HTTP/1.1 200 OK\r\netag: "b"\r\nvary: x\r\n\r\n{"a":2}',
    [],
  ],
  [
    "names another status and a missing header",
    "HTTP/1.1 304 Not Modified\netag: x",
    "HTTP/1.1 200 OK\ndate: x",
    [
      'status line: "HTTP/1.1 304 Not Modified" is documented, got "HTTP/1.1 200 OK"',
      "header etag is documented, got none",
    ],
  ],
];

for (const [promise, documented, real, differences] of CASES) {
  Deno.test(`shapeDifferences ${promise}`, () => {
    assertEquals(shapeDifferences(documented, real), differences);
  });
}

Deno.test("shapeDifferences accepts … for more members and compares the shown ones", () => {
  assertEquals(shapeDifferences('{"a":1,"…":{}}', '{"a":7,"b":2}'), []);
  assertEquals(shapeDifferences('{"a":1,"…":{}}', '{"b":2}'), ["a is documented, got none"]);
});
