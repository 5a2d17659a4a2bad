import { assertEquals } from "@std/assert";
import { seededRandom } from "../../vocabulary/mod.ts";
import { bytes, cycle, text } from "../testing/bytes.ts";
import { doubleRows, tearRows } from "./rows.ts";
import { parseTable } from "./table.ts";

const SAMPLE = bytes("id,a,b\nx1,10,20\nx2,30,40\n");

Deno.test("tearRows leaves each torn row at least one cell short, and never empty", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { header, rows } = parseTable(tearRows(SAMPLE, 1, seededRandom(seed))!);
    assertEquals(header.length, 3, `seed ${seed}`);
    for (const cells of rows) {
      assertEquals(cells.length < 3 && cells[0] !== "", true, `seed ${seed}: ${cells}`);
    }
  }
});

Deno.test("tearRows tears the rows that are drawn and leaves the others whole", () => {
  assertEquals(text(tearRows(SAMPLE, 0.5, cycle(0.9, 0.1, 0))), "id,a,b\nx1,10,20\nx\n");
});

Deno.test("tearRows says so where no row was drawn", () => {
  assertEquals(tearRows(SAMPLE, 0.5, () => 0.9), null);
});

Deno.test("doubleRows writes the rows that are drawn twice", () => {
  assertEquals(
    text(doubleRows(SAMPLE, 0.5, cycle(0.1, 0.9))),
    "id,a,b\nx1,10,20\nx1,10,20\nx2,30,40\n",
  );
  assertEquals(doubleRows(SAMPLE, 0.5, () => 0.9), null);
});
