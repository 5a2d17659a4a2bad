/** Rows found again have the cells that parsing found. */
import { assert, assertEquals } from "@std/assert";
import { parseBody, randomTable, rowsOf, writeTable } from "../testing/bodies.ts";
import { forSeeds } from "../testing/random.ts";
import { bodyRows, RowReader } from "./body_rows.ts";
import { FRESH_BUFFERS } from "./buffers.ts";
import { ParseError } from "./rejection.ts";

/** Cells of all rows, found again in reverse order. */
function foundAgain({ table }: ReturnType<typeof parseBody>): string[][] {
  const reader = new RowReader(bodyRows(table, FRESH_BUFFERS));
  const rows = Array.from({ length: table.rows }, (_, row) => table.rows - 1 - row).map((row) => {
    reader.read(row);
    const { cells } = reader.table;
    // Each cell ends before the next one starts.
    for (let c = 1; c < cells.length; c++) assert(cells[c - 1] < cells[c], `row ${row}`);
    return rowsOf(reader.table)[0];
  });
  return rows.reverse();
}

Deno.test("RowReader finds the cells of any body that is parsed", () => {
  forSeeds(300, (random) => {
    const csv = writeTable(random, randomTable(random));
    try {
      const parsed = parseBody(csv);
      assertEquals(foundAgain(parsed), rowsOf(parsed.table), JSON.stringify(csv));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
    }
  });
});

for (
  const [what, csv] of [
    ["rows with an extra delimiter", "switch_id,a\nsw-0,1,\nsw-1,22,\n"],
    ["rows that lack empty cells", "switch_id,a,,\nsw-0,1\nsw-1,22,,\nsw-2,3\n"],
    ["semicolons and Windows line ends", "sep=;\r\nswitch_id;a;b\r\nsw-0;1;2\r\nsw-1;3;\r\n"],
    ["quoted cells with line ends", 'switch_id,a,b\nsw-0,"x\ny",1\nsw-1,"2","3"'],
  ]
) {
  Deno.test(`RowReader finds the cells of ${what}`, () => {
    const parsed = parseBody(csv);
    assertEquals(foundAgain(parsed), rowsOf(parsed.table));
  });
}
