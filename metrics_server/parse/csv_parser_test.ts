import { assert, assertEquals, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import { type Buffers } from "./buffers.ts";
import { CsvParser } from "./csv_parser.ts";
import { ROW_BYTES_MAX } from "./limits.ts";
import { ParseError } from "./parse_error.ts";
import { bytesOf, type Outcome, outcomeOf, parseBody, rowsOf } from "./testing/bodies.ts";

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
  ["a column twice", "switch_id,a,a\nsw-0,1,2\n", "repeated_column", 'column "a" comes twice'],
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

Deno.test("CsvParser keeps the good rows, counts the bad ones and shows the first few", () => {
  const body = `${bodyWith(50, 0)}torn,1\nsw-50,1,2,3\nsw-51,"1,2\nsw-52,"1"x,2\nlast,1,2\n`;
  const { rows, bad_rows, bad_samples } = outcomeOf(body);
  assertEquals(rows?.length, 51);
  assertEquals(rows?.at(-1), ["last", "1", "2"]);
  assertEquals(bad_rows, 4);
  assertEquals(bad_samples, [
    { line: 52, reason: "2 cells instead of 3", text: "torn,1" },
    { line: 53, reason: "4 cells instead of 3", text: "sw-50,1,2,3" },
    { line: 54, reason: "broken quote", text: 'sw-51,"1,2' },
  ]);
});

Deno.test("CsvParser keeps a body of which exactly a tenth is bad", () => {
  assertEquals(parseBody(bodyWith(90, 10)).bad_rows, 10);
  assertEquals(outcomeOf(bodyWith(89, 10)).cause, "too_many_bad_rows");
});

Deno.test("CsvParser loses one row to a stray quote, not all that follow", () => {
  const { rows, bad_rows } = outcomeOf(
    `${HEADER}sw-a,"1,2\n${bodyWith(20, 0).slice(HEADER.length)}`,
  );
  assertEquals([rows?.length, bad_rows], [20, 1]);
});

Deno.test("CsvParser loses two rows to two stray quotes, not the rows between them", () => {
  const between = bodyWith(30, 0).slice(HEADER.length);
  const { rows, bad_rows } = outcomeOf(`${HEADER}sw-a,"1,2\n${between}sw-b,1,2"\n`);
  assertEquals([rows?.length, bad_rows], [30, 2]);
});

Deno.test("CsvParser numbers lines as an editor does, also after cells with line ends in them", () => {
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

Deno.test("CsvParser reads a body the same whatever lies in the memory it is given", () => {
  const dirty: Buffers = {
    take(bytes) {
      const buffer = new SharedArrayBuffer(bytes + 64);
      new Uint8Array(buffer).fill(0x78);
      return buffer;
    },
    give: () => {},
  };
  const body = `${bodyWith(3, 0)}last,1,2`;
  const parser = new CsvParser({ id_columns: [], buffers: dirty });
  for (const byte of bytesOf(body)) parser.push(new Uint8Array([byte]));
  assertEquals(rowsOf(parser.finish().table), outcomeOf(body).rows);
});

Deno.test("CsvParser hands back all memory it outgrew, and what it holds when told to discard", () => {
  const held = new Set<SharedArrayBuffer>();
  const buffers: Buffers = {
    take(bytes) {
      const buffer = new SharedArrayBuffer(bytes);
      held.add(buffer);
      return buffer;
    },
    give: (buffer) => void assert(held.delete(buffer), "handed back twice"),
  };
  const parser = new CsvParser({ id_columns: [], buffers });
  for (let from = 0, body = bytesOf(bodyWith(20_000, 0)); from < body.length; from += 65_536) {
    parser.push(body.subarray(from, from + 65_536));
  }
  const { table } = parser.finish();
  assertEquals(held, new Set([table.bytes.buffer, table.cells.buffer]));
  parser.discard();
  assertEquals(held.size, 0);
});

Deno.test("CsvParser takes memory once where the hints are right", () => {
  const body = bytesOf(bodyWith(20_000, 0));
  const { table } = parseBody(body);
  const hints = { body_bytes: body.length, cells: table.rows * (table.columns + 1) };
  let takes = 0;
  const buffers: Buffers = {
    take: (bytes) => (takes++, new SharedArrayBuffer(bytes)),
    give: () => {},
  };
  const parser = new CsvParser({ id_columns: [], buffers }, hints);
  parser.push(body);
  assertEquals(parser.finish().table.rows, 20_000);
  assertEquals(takes, 2);
});

Deno.test("CsvParser gives shared memory, so that other threads read it without a copy", () => {
  const { table } = parseBody(bodyWith(1, 0));
  assert(table.bytes.buffer instanceof SharedArrayBuffer);
  assert(table.cells.buffer instanceof SharedArrayBuffer);
});

Deno.test("CsvParser takes a row of the greatest length, line end included, and none above", () => {
  const bodyOf = (row_bytes: number) => `switch_id,a\nsw-0,${"x".repeat(row_bytes - 6)}\n`;
  assertEquals(parseBody(bodyOf(ROW_BYTES_MAX)).table.rows, 1);
  const message = "line 2 is longer than 1048576 bytes";
  assertEquals(outcomeOf(bodyOf(ROW_BYTES_MAX + 1)), { cause: "row_too_long", message });
  const cuts = [100, 700_000, 1_040_000];
  assertEquals(parseBody(bodyOf(ROW_BYTES_MAX), cuts).table.rows, 1);
  assertEquals(outcomeOf(bodyOf(ROW_BYTES_MAX + 1), cuts).message, message);
});

Deno.test("CsvParser rejects an endless row and an endless header as soon as the limit is passed", () => {
  for (const start of ["switch_id,a\nsw-0,", "switch_id,"]) {
    const parser = new CsvParser({ id_columns: [] });
    parser.push(bytesOf(start));
    const piece = bytesOf("x".repeat(65_536));
    const error = assertThrows(() => {
      for (;;) parser.push(piece);
    }, ParseError);
    assertEquals(error.cause_word, "row_too_long");
    assertLess(parser.length, ROW_BYTES_MAX + 3 * piece.length);
  }
});

Deno.test("CsvParser names JSON and pages by their beginning, however long the line is", () => {
  for (const [start, cause] of [['{"a":"', "json"], ["<p>", "html"]]) {
    const parser = new CsvParser({ id_columns: [] });
    const error = assertThrows(() => parser.push(bytesOf(start + "x".repeat(1000))), ParseError);
    assertEquals(error.cause_word, cause);
  }
});

Deno.test("CsvParser gives up the line of a quote that is left open, in a body larger than any row", () => {
  const filler = bodyWith(120_000, 0).slice(HEADER.length);
  assert(filler.length > ROW_BYTES_MAX);
  const body = bytesOf(`${HEADER}sw-a,"1,2\n${filler}`);
  const whole = parseBody(body);
  assertEquals([whole.table.rows, whole.bad_rows], [120_000, 1]);
  const cuts = Array.from({ length: Math.floor(body.length / 65_536) }, (_, i) => 65_536 * (i + 1));
  const pieces = parseBody(body, cuts);
  assertEquals([pieces.table.rows, pieces.bad_rows], [120_000, 1]);
  assertEquals(pieces.bad_samples, whole.bad_samples);
});

/** Bodies in which a cut can fall into anything that takes more than one byte. */
const CUT_EVERYWHERE: [what: string, body: string][] = [
  ["plain rows", "switch_id,a,b\nsw-0,1.5,\nsw-1,,18446744073709551615\n"],
  ["carriage returns", "switch_id,a\r\nsw-0,1\r\n\r\nsw-1,2\r\n"],
  ["quotes, commas and line ends", 'switch_id,"a"\nsw-0,"x,""y""\r\nz"\n"sw-1",""\r\nsw-2,""""'],
  ["UTF-8 and a byte order mark", "\ufeffswitch_id,größe\nspine/ü,€\n\nleaf-𝛑,N/A"],
  ["a bad row", `switch_id,a\n${"sw,1\n".repeat(9)}torn\nlast,2\n`],
  ["a broken quote", `switch_id,a\n${"sw,1\n".repeat(12)}x,"1"2\nlast,2\n`],
  ["an open quote", `switch_id,a\n${"sw,1\n".repeat(12)}x,"1\nlast,2\n`],
  ["a torn last row", "switch_id,a,b\nsw-0,1,2\nsw-1,1"],
  ["too many bad rows", "switch_id,a\nsw-0,1\ntorn\n"],
  ["a page", "\n\n<html><body>not what you are looking for, but quite long a line</body>\n</html>"],
  ["JSON", '{"error":"not what you are looking for, but again quite a long line of it"}'],
  ["no identity", "name,a\nsw-0,1\n"],
  ["nothing but line ends", "\r\n\n\r\n"],
];

for (const [what, text] of CUT_EVERYWHERE) {
  Deno.test(`CsvParser comes to the same result wherever a body with ${what} is cut in two or three`, () => {
    const body = bytesOf(text);
    const whole: Outcome = outcomeOf(body);
    for (let first = 0; first <= body.length; first++) {
      assertEquals(outcomeOf(body, [first]), whole, `cut at ${first}`);
      const second = Math.min(body.length, first + 1 + first % 3);
      assertEquals(outcomeOf(body, [first, second]), whole, `cut at ${first} and ${second}`);
    }
    const every = Array.from({ length: body.length }, (_, i) => i);
    assertEquals(outcomeOf(body, every), whole, "byte by byte");
  });
}

Deno.test("CsvParser never takes a body that lacks its end for a smaller table, unless it is cut at a line end", () => {
  const text = 'switch_id,a,b\nsw-0,1.5,2\n"sw-1","x, y",3\nsw-2,4,5\n';
  for (let cut = 0; cut < text.length; cut++) {
    const { cause, rows, ends_with_newline } = outcomeOf(text.slice(0, cut));
    const at_line_end = text[cut - 1] === "\n";
    const in_last_cell = cause === undefined && !ends_with_newline;
    assert(
      cause !== undefined || at_line_end || in_last_cell,
      `cut at ${cut} gives ${rows?.length} rows`,
    );
    if (at_line_end && cut > 14) assertEquals(cause, undefined);
  }
});

Deno.test("CsvParser tells whether the last row had its line end", () => {
  assertStrictEquals(parseBody("switch_id,a\nsw-0,1\n").ends_with_newline, true);
  assertStrictEquals(parseBody("switch_id,a\nsw-0,1").ends_with_newline, false);
});
