import { assertEquals, assertThrows } from "@std/assert";
import { readHeader, readHeaderNames, rejectForeignFormat } from "./header.ts";
import { ParseError } from "./rejection.ts";
import { newRowScan } from "./row_scanner.ts";
import { bytesOf } from "../testing/bodies.ts";

const COLUMNS_MAX = 4096;

function namesIn(line: string): string[] | null {
  const bytes = bytesOf(`skip\n${line}\nsw-000,1\n\0`);
  return readHeaderNames(bytes, bytes.length - 1, 5, true, newRowScan());
}

function assertRejects(fn: () => unknown, cause: string, message: string): void {
  const error = assertThrows(fn, ParseError);
  assertEquals([error.cause_word, error.message], [cause, message]);
}

const LINES: [line: string, names: string[]][] = [
  ["switch_id,latency_us", ["switch_id", "latency_us"]],
  ["switch_id,latency_us\r", ["switch_id", "latency_us"]],
  [" switch_id , latency_us ", ["switch_id", "latency_us"]],
  ['"switch_id","latency, in ""us"""', ["switch_id", 'latency, in "us"']],
  ["switch_id,größe", ["switch_id", "größe"]],
  ["switch_id,", ["switch_id", ""]],
  ["switch_id", ["switch_id"]],
  ['switch_id,"latency\nin us"', ["switch_id", "latency\nin us"]],
  ['switch_id,5" pipe,"a"b', ["switch_id", '5" pipe', '"a"b']],
];

for (const [line, names] of LINES) {
  Deno.test(`readHeaderNames reads ${JSON.stringify(line)}`, () => {
    assertEquals(namesIn(line), names);
  });
}

Deno.test("readHeaderNames takes at most 4,096 columns", () => {
  const line = (columns: number) => Array.from({ length: columns }, (_, c) => `c${c}`).join(",");
  assertEquals(namesIn(line(COLUMNS_MAX))?.length, COLUMNS_MAX);
  assertRejects(
    () => namesIn(line(COLUMNS_MAX + 1)),
    "too_many_columns",
    "header row has 4097 columns: at most 4096 are read",
  );
});

Deno.test("readHeaderNames rejects a broken quote", () => {
  assertRejects(
    () => namesIn('switch_id,"latency'),
    "no_id_column",
    'header row has a broken quote: "switch_id,\\"latency"',
  );
});

Deno.test("rejectForeignFormat recognises HTML and JSON by the first byte and quotes the line", () => {
  const reject = (text: string) => () =>
    rejectForeignFormat(bytesOf(text), 0, bytesOf(text).length);
  const page = `<!doctype html><title>${"x".repeat(100)}`;
  assertRejects(
    reject(page),
    "html",
    `a page instead of CSV: ${JSON.stringify(page.slice(0, 60))}`,
  );
  assertRejects(reject('{"a":1}'), "json", 'JSON instead of CSV: "{\\"a\\":1}"');
  assertRejects(reject("[1]"), "json", 'JSON instead of CSV: "[1]"');
  reject("switch_id,a")();
});

/** Headers as data_server and the UFM endpoints write them. */
const IDENTITIES: [names: string[], id_columns: string[][], identities: number[][]][] = [
  [["switch_id", "bandwidth_gbps"], [], [[0]]],
  [["latency_us", "Switch_ID"], [], [[1]]],
  [["timestamp", "tag", "node_guid", "port_guid", "port_num"], [], [[2, 4]]],
  [["timestamp", "Node_GUID", "port_guid", "Port_Number", "lid"], [], [[1, 3]]],
  [["NODE_GUID", "PORT"], [], [[0, 1]]],
  [["port", "node_guid"], [], [[1, 0]]],
  [["sys_image_guid", "aport", "x"], [], [[0, 1]]],
  [["Sys_Image_GUID", "APort"], [], [[0, 1]]],
  [["node_guid", "port_num", "port"], [], [[0, 1], [0, 2]]],
  [["node_guid", "port_num", "switch_id"], [], [[2], [0, 1]]],
  [["sys_image_guid", "aport", "node_guid", "port"], [], [[2, 3], [0, 1]]],
  [["switch_id", "Host", "Port"], [["host", "PORT"]], [[1, 2]]],
  [["switch_id", "Host", "Port"], [["rack"], ["host", "port"], ["switch_id"]], [[1, 2], [0]]],
];

for (const [names, id_columns, identities] of IDENTITIES) {
  const by = id_columns.length > 0 ? ` by ID_COLUMNS=${id_columns.join("|")}` : "";
  Deno.test(`readHeader finds the identity in ${names}${by}`, () => {
    assertEquals(readHeader(names, id_columns).identities, identities);
  });
}

Deno.test("readHeader makes every other column a field, in the source's order", () => {
  const { names, fields } = readHeader(
    ["TimeStamp", "node_guid", "Rcv", "port_num", "rcv"],
    [],
  );
  assertEquals(names.length, 5);
  assertEquals(fields, [
    { name: "TimeStamp", column: 0 },
    { name: "Rcv", column: 2 },
    { name: "rcv", column: 4 },
  ]);
});

Deno.test("readHeader leaves out nameless columns and a value column named switch_id", () => {
  const { fields } = readHeader(["host", "switch_id", "a", ""], [["host"]]);
  assertEquals(fields, [{ name: "a", column: 2 }]);
});

Deno.test("readHeader ignores any number of nameless columns", () => {
  const { fields, identities, named } = readHeader(["switch_id", "", "a", "", ""], []);
  assertEquals([fields, identities], [[{ name: "a", column: 2 }], [[0]]]);
  assertEquals(named, 3);
});

Deno.test("readHeader leaves out columns that share a name, and reports the first 20 names", () => {
  const { fields, repeated } = readHeader(["switch_id", "a", "b", "a", "A", "a"], []);
  assertEquals(repeated, ["a"]);
  assertEquals(fields, [{ name: "b", column: 2 }, { name: "A", column: 4 }]);
  const many = readHeader([
    "switch_id",
    ...Array(2).fill(Array.from("abcdefghijklmnopqrstuvw")).flat(),
  ], []);
  assertEquals([many.fields, many.repeated.length], [[], 20]);
});

Deno.test("readHeader rejects a header without identity and names the expected columns", () => {
  assertRejects(
    () => readHeader(["node_guid", "latency_us"], []),
    "no_id_column",
    'no identity column in "node_guid,latency_us": expected switch_id | node_guid+port_num | ' +
      "node_guid+port_number | node_guid+port | sys_image_guid+aport",
  );
  assertRejects(
    () => readHeader(["switch_id", "x".repeat(100)], [["host", "port"], ["rack"]]),
    "no_id_column",
    `no identity column in "switch_id,${"x".repeat(50)}…": expected ID_COLUMNS=host,port|rack`,
  );
});
