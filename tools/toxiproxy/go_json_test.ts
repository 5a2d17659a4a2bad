/** Expected values: what Go 1.23's `json.Decoder` answers. */
import { assertEquals, assertThrows } from "@std/assert";
import { decodeObject, type GoStruct, mapToGoJson, parseGoJson, toGoJson } from "./go_json.ts";

const STRUCT: GoStruct = {
  type: "main.Thing",
  label: "Thing",
  fields: {
    name: "string",
    on: "bool",
    size: "int64",
    share: "float32",
    keys: { type: "main.Keys", label: "Keys.keys", fields: { sink: "int64", k: "int64" } },
  },
};

const decode = (text: string) => decodeObject(parseGoJson(text), STRUCT);

for (
  const [text, values] of [
    ["null", {}],
    ["{}", {}],
    [' \t\r\n{"name":"a"} trailing', { name: "a" }],
    ['{"name":"a"}{"name":"b"}', { name: "a" }],
    ['{"name":"a"}}', { name: "a" }],
    ['{"NAME":"a","oN":true,"Size":1,"SHARE":0.5}', { name: "a", on: true, size: 1, share: 0.5 }],
    ['{"name":"a","Name":"b","NAME":"c"}', { name: "c" }],
    ['{"name":"a","name":null}', { name: "a" }],
    ['{"\u017fize":7}', { size: 7 }],
    ['{"n\\u0061me":"\\ud83d\\ude00\\n\\/"}', { name: "😀\n/" }],
    ['{"name":"\\ud800x"}', { name: "\ufffdx" }],
    ['{"size":-0}', { size: 0 }],
    ['{"size":-9223372036854775808}', { size: -(2 ** 63) }],
    ['{"share":0.12345678901}', { share: 0.12345679 }],
    ['{"share":1e-46}', { share: 0 }],
    ['{"share":1E2}', { share: 100 }],
    ['{"__proto__":1,"constructor":2}', {}],
  ] as const
) {
  Deno.test(`decodeObject reads ${JSON.stringify(text)}`, () => {
    assertEquals(decode(text).values, values);
  });
}

Deno.test("decodeObject merges repeated objects and matches the Kelvin sign as k", () => {
  const { values } = decode('{"keys":{"\u017fin\u212a":1,"x":1},"Keys":{"K":2},"keys":null,"y":0}');
  assertEquals(values, { keys: { values: { sink: 1, k: 2 }, unknown: ["x"] } });
});

Deno.test("decodeObject reports keys that match no field, as written", () => {
  assertEquals(decode('{"Foo":1,"name":"a","bar":[]}').unknown, ["Foo", "bar"]);
});

const ofField = (value: string, field: string, type: string) =>
  `json: cannot unmarshal ${value} into Go struct field ${field} of type ${type}`;

for (
  const [text, message] of [
    ["", "EOF"],
    [" \n", "EOF"],
    ["{", "unexpected EOF"],
    ['{"a":1,', "unexpected EOF"],
    ['"\\u12', "unexpected EOF"],
    ["nul", "unexpected EOF"],
    ["1.", "unexpected EOF"],
    ["{bad", "invalid character 'b' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["[1 2]", "invalid character '2' after array element"],
    ["nulx", "invalid character 'x' in literal null (expecting 'l')"],
    ["tRue", "invalid character 'R' in literal true (expecting 'r')"],
    ["-x", "invalid character 'x' in numeric literal"],
    ["[1.x]", "invalid character 'x' after decimal point in numeric literal"],
    ["[1e+]", "invalid character ']' in exponent of numeric literal"],
    ["[01]", "invalid character '1' after array element"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\u0001"', "invalid character '\\x01' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ["\\", "invalid character '\\\\' looking for beginning of value"],
    ["é", "invalid character 'Ã' looking for beginning of value"],
    ["\ufeff{}", "invalid character 'ï' looking for beginning of value"],
    ["[".repeat(1_001), "invalid character '[' exceeded max depth"],
    ["[]", "json: cannot unmarshal array into Go value of type main.Thing"],
    ["1", "json: cannot unmarshal number into Go value of type main.Thing"],
    ['{"name":5}', ofField("number", "Thing.name", "string")],
    ['{"NAME":{}}', ofField("object", "Thing.name", "string")],
    ['{"on":"true"}', ofField("string", "Thing.on", "bool")],
    ['{"on":0}', ofField("number", "Thing.on", "bool")],
    ['{"size":100.0}', ofField("number 100.0", "Thing.size", "int64")],
    ['{"size":1e2}', ofField("number 1e2", "Thing.size", "int64")],
    ['{"size":9223372036854775808}', ofField("number 9223372036854775808", "Thing.size", "int64")],
    ['{"size":"5"}', ofField("string", "Thing.size", "int64")],
    ['{"size":true}', ofField("bool", "Thing.size", "int64")],
    ['{"share":1e39}', ofField("number 1e39", "Thing.share", "float32")],
    ['{"keys":5}', ofField("number", "Thing.keys", "main.Keys")],
    ['{"keys":{"k":1.5}}', ofField("number 1.5", "Keys.keys.k", "int64")],
  ] as const
) {
  Deno.test(`decodeObject refuses ${JSON.stringify(text.slice(0, 40))} in Go's words`, () => {
    assertThrows(() => decode(text), Error, message);
  });
}

Deno.test("toGoJson escapes HTML and line separators, and mapToGoJson keeps the order", () => {
  assertEquals(toGoJson("<a>&\u2028"), '"\\u003ca\\u003e\\u0026\\u2028"');
  assertEquals(
    mapToGoJson([["b", 1], ["10", null], ["9", "<"]]),
    '{"b":1,"10":null,"9":"\\u003c"}',
  );
});
