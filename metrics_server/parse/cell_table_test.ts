import { assertEquals } from "@std/assert";
import { cellEnd, cellStart } from "./cell_table.ts";
import { parseBody } from "../testing/bodies.ts";

Deno.test("cellStart and cellEnd span each cell, its quotes included and its line end not", () => {
  const body = 'switch_id,a,b\r\nsw-0,"1,5",\r\nsw-1,,22';
  const { table } = parseBody(body);
  const cells = [0, 1].map((row) =>
    [0, 1, 2].map((column) =>
      body.slice(cellStart(table, row, column), cellEnd(table, row, column))
    )
  );
  assertEquals(cells, [["sw-0", '"1,5"', ""], ["sw-1", "", "22"]]);
});
