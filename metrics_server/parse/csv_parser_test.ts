import { assertEquals, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import { CsvParser } from "./csv_parser.ts";
import { ParseError } from "./rejection.ts";
import { bytesOf, outcomeOf, parseBody } from "../testing/bodies.ts";

/** Longest row. */
const ROW_BYTES_MAX = 1024 * 1024;

const HEADER = "switch_id,bandwidth_gbps,latency_us\n";

/** A header and `good` rows; then `bad` ones of a wrong cell count. */
function bodyWith(good: number, bad: number): string {
  const rows = Array.from({ length: good }, (_, i) => `sw-${i},1.5,2\n`);
  return HEADER + rows.join("") + "torn,1\n".repeat(bad);
}

/** One broken body for each reason to reject one. */
const REJECTED: [what: string, body: string, cause: string, message: string][] = [
  ["no bytes", "", "empty", "the body has 0 bytes and no header row"],
  ["line ends alone", "\n\r\n\n", "empty", "the body has 4 bytes and no header row"],
  ["a byte order mark alone", "\ufeff", "empty", "the body has 3 bytes and no header row"],
  ["a header alone", HEADER, "no_rows", "a header row and no rows"],
  ["a header without its line end", HEADER.trimEnd(), "no_rows", "a header row and no rows"],
  ["a header and blank lines", `${HEADER}\n\r\n`, "no_rows", "a header row and no rows"],
  [
    "rows without a header",
    "sw-000,1.5,2\nsw-001,1.5,2\n",
    "no_id_column",
    'no identity column in "sw-000,1.5,2": expected switch_id | node_guid+port_num | ' +
    "node_guid+port_number | node_guid+port | sys_image_guid+aport",
  ],
  [
    "a header with a broken quote",
    'switch_id,"a\nsw-0,1\n',
    "no_id_column",
    'header row has a broken quote: "switch_id,\\"a"',
  ],
  [
    "cells separated by semicolons",
    "switch_id;a\nsw-0;1\n",
    "no_id_column",
    'no identity column in "switch_id;a": expected switch_id | node_guid+port_num | ' +
    "node_guid+port_number | node_guid+port | sys_image_guid+aport; cells are separated by " +
    "commas, unless a first line sep=; names another character",
  ],
  [
    "a line sep=; before commas",
    "sep=;\nswitch_id,a\nsw-0,1\n",
    "no_id_column",
    'no identity column in "switch_id,a": expected switch_id | node_guid+port_num | ' +
    "node_guid+port_number | node_guid+port | sys_image_guid+aport; the line sep= before it " +
    "names another delimiter",
  ],
  [
    "a line sep= without a character",
    "sep=\nswitch_id,a\nsw-0,1\n",
    "no_id_column",
    'first line "sep=" must name one ASCII character, such as sep=;',
  ],
  [
    "a line sep= with several characters",
    "sep=ab\nswitch_id,a\nsw-0,1\n",
    "no_id_column",
    'first line "sep=ab" must name one ASCII character, such as sep=;',
  ],
  [
    "a page",
    "\n  <html>\n<title>Login</title>\n",
    "html",
    'a page instead of CSV: "<html>"',
  ],
  ["JSON", '{\n"error":1}', "json", 'JSON instead of CSV: "{"'],
  [
    "a JSON list",
    '[{"switch_id":"sw-0"}]',
    "json",
    'JSON instead of CSV: "[{\\"switch_id\\":\\"sw-0\\"}]"',
  ],
  [
    "Prometheus text",
    "# HELP up 1\nup 1\n",
    "no_id_column",
    'no identity column in "# HELP up 1": expected switch_id | node_guid+port_num | ' +
    "node_guid+port_number | node_guid+port | sys_image_guid+aport",
  ],
  [
    "more than a tenth of bad rows",
    bodyWith(89, 11),
    "too_many_bad_rows",
    "11 of 100 rows are bad: at most 10 % are left out; first: line 91, 2 cells instead of 3",
  ],
  [
    "bad rows only",
    `${HEADER}"x\n`,
    "too_many_bad_rows",
    "1 of 1 rows are bad: at most 10 % are left out; first: line 2, broken quote",
  ],
  [
    "a last row that lacks cells and its line end",
    `${bodyWith(40, 0)}sw-40,1`,
    "truncated",
    "the body ends inside line 42 (2 cells instead of 3) after 513 bytes",
  ],
  [
    "a last row with an open quote and no line end",
    `${bodyWith(40, 0)}sw-40,1,"2`,
    "truncated",
    "the body ends inside line 42 (broken quote) after 516 bytes",
  ],
];

for (const [what, body, cause, message] of REJECTED) {
  Deno.test(`CsvParser rejects ${what} as ${cause}`, () => {
    assertEquals(outcomeOf(body), { cause, message });
  });
}

Deno.test("CsvParser keeps good rows, counts bad ones and keeps the first few as examples", () => {
  const body = `${bodyWith(50, 0)}torn,1\nsw-50,1,2,3\nsw-51,"1,2\n,"1\n2"x,2\nlast,1,2\n`;
  const { rows, bad_rows, bad_samples } = outcomeOf(body);
  assertEquals(rows?.length, 51);
  assertEquals(rows?.at(-1), ["last", "1", "2"]);
  assertEquals(bad_rows, 5);
  assertEquals(bad_samples, [
    { line: 52, reason: "2 cells instead of 3", text: "torn,1" },
    { line: 53, reason: "4 cells instead of 3", text: "sw-50,1,2,3" },
    { line: 54, reason: "broken quote", text: 'sw-51,"1,2' },
  ]);
});

Deno.test("CsvParser accepts a body with exactly a tenth of bad rows", () => {
  assertEquals(parseBody(bodyWith(90, 10)).bad_rows, 10);
  assertEquals(outcomeOf(bodyWith(89, 10)).cause, "too_many_bad_rows");
});

Deno.test("CsvParser loses one row to a stray quote, not all that follow", () => {
  const { rows, bad_rows } = outcomeOf(
    `${HEADER}sw-a,"1,2\n${bodyWith(20, 0).slice(HEADER.length)}`,
  );
  assertEquals([rows?.length, bad_rows], [20, 1]);
});

Deno.test("CsvParser loses one row to two stray quotes, not the rows between them", () => {
  const between = bodyWith(30, 0).slice(HEADER.length);
  const { rows, bad_rows } = outcomeOf(`${HEADER}sw-a,"1,2\n${between}sw-b,1,2"\n`);
  assertEquals([rows?.length, bad_rows], [31, 1]);
  assertEquals(rows?.at(-1), ["sw-b", "1", '2"']);
});

Deno.test("CsvParser numbers lines as an editor does, line ends in cells included", () => {
  const rows = Array.from({ length: 20 }, () => 'x,"1\r\n2\n3",4\n').join("");
  const { bad_samples } = parseBody(`\n${HEADER}\n${rows}torn\n`);
  assertEquals(bad_samples, [{ line: 64, reason: "1 cells instead of 3", text: "torn" }]);
});

Deno.test("CsvParser skips a byte order mark, blank lines and white space before the header", () => {
  for (const start of ["\ufeff", "\n", "\r\n\n", " \t\n", "\ufeff\n "]) {
    const { names, rows } = outcomeOf(`${start}switch_id,a\nsw-0,1\n`);
    assertEquals([names, rows], [["switch_id", "a"], [["sw-0", "1"]]], JSON.stringify(start));
  }
});

Deno.test("CsvParser takes a row of at most 1 MiB, its line end included", () => {
  const bodyOf = (row_bytes: number) => `switch_id,a\nsw-0,${"x".repeat(row_bytes - 6)}\n`;
  assertEquals(parseBody(bodyOf(ROW_BYTES_MAX)).table.rows, 1);
  const message = "line 2 is longer than 1048576 bytes";
  assertEquals(outcomeOf(bodyOf(ROW_BYTES_MAX + 1)), { cause: "row_too_long", message });
  const cuts = [100, 700_000, 1_040_000];
  assertEquals(parseBody(bodyOf(ROW_BYTES_MAX), cuts).table.rows, 1);
  assertEquals(outcomeOf(bodyOf(ROW_BYTES_MAX + 1), cuts).message, message);
});

Deno.test("CsvParser takes a header of at most 1 MiB, its line end included", () => {
  const bodyOf = (header_bytes: number) => `switch_id,${"x".repeat(header_bytes - 11)}\nsw-0,1\n`;
  const cuts = [70, ROW_BYTES_MAX - 1, ROW_BYTES_MAX];
  const message = "line 1 is longer than 1048576 bytes";
  for (const pieces of [[], cuts]) {
    assertEquals(parseBody(bodyOf(ROW_BYTES_MAX), pieces).table.rows, 1);
    const outcome = outcomeOf(bodyOf(ROW_BYTES_MAX + 1), pieces);
    assertEquals(outcome, { cause: "row_too_long", message });
  }
});

Deno.test("CsvParser rejects an endless row or header once it exceeds the limit", () => {
  for (const start of ["switch_id,a\nsw-0,", "switch_id,"]) {
    const parser = new CsvParser({ id_columns: [] });
    parser.push(bytesOf(start));
    const piece = bytesOf("x".repeat(65_536));
    const error = assertThrows(() => {
      for (;;) parser.push(piece);
    }, ParseError);
    assertEquals(error.cause_word, "row_too_long");
    assertLess(parser.received_bytes, ROW_BYTES_MAX + 3 * piece.length);
  }
});

Deno.test("CsvParser recognises JSON and HTML by the beginning of a long line", () => {
  for (const [start, cause] of [['{"a":"', "json"], ["<p>", "html"]]) {
    const parser = new CsvParser({ id_columns: [] });
    const error = assertThrows(() => parser.push(bytesOf(start + "x".repeat(1000))), ParseError);
    assertEquals(error.cause_word, cause);
  }
});

Deno.test("CsvParser reports whether the last row had a line end", () => {
  assertStrictEquals(parseBody("switch_id,a\nsw-0,1\n").ends_with_newline, true);
  assertStrictEquals(parseBody("switch_id,a\nsw-0,1").ends_with_newline, false);
});
