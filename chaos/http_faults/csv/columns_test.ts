import { assertEquals } from "@std/assert";
import { bytes, text } from "../testing/bytes.ts";
import { doubleColumn, reverseColumns } from "./columns.ts";

Deno.test("doubleColumn sends a value column's name twice, the second time with other values", () => {
  assertEquals(
    text(doubleColumn(bytes("switch_id,a,b\nx,1,2\n"))),
    "switch_id,a,b,b\nx,1,2,-1\n",
  );
});

Deno.test("doubleColumn has nothing to do where there is no value column", () => {
  assertEquals(doubleColumn(bytes("switch_id\nx\n")), null);
});

Deno.test("reverseColumns turns header and rows alike, and leaves torn rows as they are", () => {
  assertEquals(
    text(reverseColumns(bytes("id,a,b\nx,1,2\ny,3\n"))),
    "b,a,id\n2,1,x\ny,3\n",
  );
});
