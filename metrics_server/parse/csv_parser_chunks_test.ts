/** The result must not depend on where a body is cut into chunks. */
import { assert, assertEquals } from "@std/assert";
import { bytesOf, type Outcome, outcomeOf, parseBody, randomCuts } from "../testing/bodies.ts";
import { forSeeds } from "../testing/random.ts";

/** Longest row. */
const ROW_BYTES_MAX = 1024 * 1024;

/** One of them tears its row. */
const LARGE_BODY_CELLS = [
  ...["", "N/A", "18446744073709551615", "-5.48295e-7", "ü€𝛑", '""', '"x,""y"""', '"x\r\ny"'],
  ...["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "0,torn"],
];

/** Bodies in which a cut can fall into anything longer than one byte. */
const CUT_EVERYWHERE: [what: string, body: string][] = [
  ["plain rows", "switch_id,a,b\nsw-0,1.5,\nsw-1,,18446744073709551615\n"],
  ["carriage returns", "switch_id,a\r\nsw-0,1\r\n\r\nsw-1,2\r\n"],
  ["quotes, commas and line ends", 'switch_id,"a"\nsw-0,"x,""y""\r\nz"\n"sw-1",""\r\nsw-2,""""'],
  ["UTF-8 and a byte order mark", "\ufeffswitch_id,größe\nspine/ü,€\n\nleaf-𝛑,N/A"],
  ["a bad row", `switch_id,a\n${"sw,1\n".repeat(9)}torn\nlast,2\n`],
  ["a broken quote", `switch_id,a\n${"sw,1\n".repeat(12)}x,"1\n"2\nlast,2\n`],
  ["quotes inside cells", `switch_id,a"b,"c\nd"\nsw-0,5" x,"1"2\nsw-1, "y" ,"\r\n" \n`],
  ["lines that end with carriage returns", '\rswitch_id,"a\rb"\rsw-0,"1\r2"\r\rsw-1,3'],
  ["lines that end with two carriage returns", "switch_id,a\r\r\nsw-0,1\r\r\n"],
  ["a line sep=", '\ufeff"SEP=;"\r\n\r\nswitch_id;"a;b"\r\nsw-0;1,5;\r\n'],
  ["a line sep= with a tab", "sep=\t\t\n\tswitch_id\ta\n0\tsw-0\t1\n1\tsw-1\t2\t\n"],
  ["trailing delimiters", 'switch_id,a,\nsw-0,1,\nsw-1,2\nsw-2,3,,\nsw-3,"x\ny", ,""\nsw-4,,'],
  ["an open quote", `switch_id,a\n${"sw,1\n".repeat(12)}x,"1\nlast,2\n`],
  ["a torn last row", "switch_id,a,b\nsw-0,1,2\nsw-1,1"],
  ["too many bad rows", "switch_id,a\nsw-0,1\ntorn\n"],
  ["a page", "\n\n<html><body>not what you are looking for, but quite long a line</body>\n</html>"],
  ["JSON", '{"error":"not what you are looking for, but again quite a long line of it"}'],
  ["no identity", "name,a\nsw-0,1\n"],
  ["nothing but line ends", "\r\n\n\r\n"],
];

for (const [what, text] of CUT_EVERYWHERE) {
  Deno.test(`CsvParser reads ${what} the same, wherever the body is cut`, () => {
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

Deno.test("CsvParser reads a large body the same in random chunks", () => {
  forSeeds(3, (random) => {
    const line = () => `sw-${random.below(1e6)},${random.next()},${random.of(LARGE_BODY_CELLS)}\n`;
    const body = `switch_id,a,b\n${Array.from({ length: 5000 }, line).join("")}`;
    const outcome = outcomeOf(body, randomCuts(random, bytesOf(body).length));
    assertEquals(outcome, outcomeOf(body));
    const bad = body.split("\n").filter((text) => text.endsWith("torn")).length;
    assertEquals([outcome.rows?.length, outcome.bad_rows], [5000 - bad, bad]);
  });
});

Deno.test("CsvParser reads no cut body as a smaller table, unless cut at a line end", () => {
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

Deno.test("CsvParser drops only the line of an open quote, in a body longer than any row", () => {
  const filler = "sw-0000,1.5,2\n".repeat(120_000);
  assert(filler.length > ROW_BYTES_MAX);
  const body = bytesOf(`switch_id,a,b\nsw-a,"1,2\n${filler}`);
  const whole = parseBody(body);
  assertEquals([whole.table.rows, whole.bad_rows], [120_000, 1]);
  const cuts = Array.from({ length: Math.floor(body.length / 65_536) }, (_, i) => 65_536 * (i + 1));
  const chunked = parseBody(body, cuts);
  assertEquals([chunked.table.rows, chunked.bad_rows], [120_000, 1]);
  assertEquals(chunked.bad_samples, whole.bad_samples);
});
