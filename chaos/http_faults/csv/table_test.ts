import { assertEquals } from "@std/assert";
import { bytes, text } from "../testing/bytes.ts";
import { columnRoles, parseTable, tableBytes } from "./table.ts";

for (
  const [what, body] of [
    ["a sample", "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\n"],
    ["one without a last line end", "id,a\nx,1"],
    ["CRLF", "id,a\r\nx,1\r\n"],
    ["quoted commas, quotes and line ends", 'id,a\nx,"1,2"\ny,"""\n"\n'],
    ["rows of any length", "id,a,b\nx\n\ny,1,2,3\n"],
  ]
) {
  Deno.test(`tableBytes gives back what parseTable has read: ${what}`, () => {
    assertEquals(text(tableBytes(parseTable(bytes(body)))), body);
  });
}

Deno.test("parseTable takes a quoted comma for text, not for the end of a cell", () => {
  assertEquals(parseTable(bytes('id,a\nx,"1,2"\n')).rows, [["x", '"1,2"']]);
});

Deno.test("columnRoles knows identities of several columns, and the rows' own time", () => {
  assertEquals(columnRoles(["timestamp", "node_guid", "Port_Num", "xmit"]), {
    identity: [1, 2],
    timestamp: 0,
    values: [3],
  });
  assertEquals(columnRoles(["thing", "a"]), { identity: [0], timestamp: null, values: [1] });
});
