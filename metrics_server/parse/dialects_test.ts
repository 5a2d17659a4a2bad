/** Bodies that do not follow RFC 4180: which are read, and how. */
import { assertEquals } from "@std/assert";
import { outcomeOf } from "../testing/bodies.ts";

const WHOLE: [what: string, body: string, rows: string[][]][] = [
  ["carriage returns alone", "switch_id,x\rsw-0,1\rsw-1,2\r", [["sw-0", "1"], ["sw-1", "2"]]],
  ["no last carriage return", "switch_id,x\rsw-0,1\rsw-1,2", [["sw-0", "1"], ["sw-1", "2"]]],
  ["two carriage returns", "switch_id,x\r\r\nsw-0,1\r\r\n", [["sw-0", "1"]]],
  ["a carriage return in a cell", "switch_id,x\nsw-0,1\r2\n", [["sw-0", "1\r2"]]],
  ["sep=;", "sep=;\nswitch_id;x\nsw-0;1,5\n", [["sw-0", "1,5"]]],
  ["sep= before carriage returns", "sep=;\rswitch_id;x\rsw-0;1\r", [["sw-0", "1"]]],
  ["sep= before quotes", 'sep=|\nswitch_id|x\nsw-0|"a|""b"""\n', [["sw-0", 'a|"b"']]],
  ["sep= that a spreadsheet saved", "sep=;;;\nswitch_id;x\nsw-0;1\n", [["sw-0", "1"]]],
  ["sep= with a comma", "sep=,\nswitch_id,x\nsw-0,1\n", [["sw-0", "1"]]],
  ["sep= with a space", "sep= \nswitch_id x\nsw-0 1\n", [["sw-0", "1"]]],
  ["a quote in a cell", `switch_id,x\nsw-0,37°36'37.8"N\n`, [["sw-0", `37°36'37.8"N`]]],
  ["a lone quote in a cell", 'switch_id,x\nsw-0,5"\nsw-1,6\n', [["sw-0", '5"'], ["sw-1", "6"]]],
  ["text after a closing quote", 'switch_id,x\nsw-0,"a"b\n', [["sw-0", '"a"b']]],
  ["a line end in a quoted name", 'switch_id,"x\n(C)"\nsw-0,1\n', [["sw-0", "1"]]],
];

for (const [what, body, rows] of WHOLE) {
  Deno.test(`CsvParser reads a body with ${what}`, () => {
    const outcome = outcomeOf(body);
    assertEquals(outcome.rows, rows, outcome.message);
    assertEquals([outcome.bad_rows, outcome.uneven_rows], [0, 0]);
  });
}

/** Rows and uneven rows of a body, or its cause. */
function read(body: string) {
  const { rows, uneven_rows, bad_rows, cause } = outcomeOf(body);
  return cause ?? [rows!.map((row) => row.join()), uneven_rows, bad_rows];
}

Deno.test("CsvParser takes and counts rows with extra empty cells", () => {
  assertEquals(read("switch_id,x,y\nsw-0,1,2\nsw-1,1,2,\n"), [["sw-0,1,2", "sw-1,1,2"], 1, 0]);
  assertEquals(read("switch_id,x,y\nsw-1,1,,,, ,\n"), [["sw-1,1,"], 1, 0]);
  assertEquals(read('switch_id,x\n"sw-1","1",""," "\r\n'), [["sw-1,1"], 1, 0]);
  assertEquals(read('switch_id,x\nsw-1,"1\n2",\n'), [["sw-1,1\n2"], 1, 0]);
  assertEquals(read("switch_id,x\nsw-0,1\nsw-1,2,"), [["sw-0,1", "sw-1,2"], 1, 0]);
});

Deno.test("CsvParser takes and counts rows that lack the cells of nameless last columns", () => {
  assertEquals(read("switch_id,x,\nsw-0,1,\n"), [["sw-0,1,"], 0, 0]);
  assertEquals(read("switch_id,x,\nsw-0,1\nsw-1,\n"), [["sw-0,1,", "sw-1,,"], 2, 0]);
  assertEquals(read("switch_id,x,,\nsw-0,1,,,\nsw-1,2\n"), [["sw-0,1,,", "sw-1,2,,"], 2, 0]);
  assertEquals(read("switch_id,x,\nsw-0,1\nsw-1,2"), [["sw-0,1,", "sw-1,2,"], 2, 0]);
});

Deno.test("CsvParser drops rows with an extra value, or without the cell of a named column", () => {
  const good = "sw-0,1\n".repeat(20);
  for (const row of ["sw-1,1,2", "sw-1,1,,2", "sw-1,1,0", 'sw-1,1,"""",', "sw-1"]) {
    const { rows, uneven_rows, bad_rows } = outcomeOf(`switch_id,x\n${good}${row}\n`);
    assertEquals([rows?.length, uneven_rows, bad_rows], [20, 0, 1], row);
  }
});

Deno.test("CsvParser takes a last row without the others' last delimiter for cut", () => {
  assertEquals(read("switch_id,x,\nsw-0,1,\nsw-1,2"), "truncated");
});

Deno.test("CsvParser reads the other columns beside a repeated column", () => {
  assertEquals(read("switch_id,x,y,x\nsw-0,1,2,3\n"), [["sw-0,1,2,3"], 0, 0]);
});
