import { assertEquals } from "@std/assert";
import { columnRoles, endlessRows, parseTable, rowsOf, tableBytes } from "./csv_table.ts";
import { bytes, text } from "./testing/bytes.ts";

for (
  const [what, body] of [
    ["a sample", "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\n"],
    ["one without a last line end", "id,a\nx,1"],
    ["CRLF", "id,a\r\nx,1\r\n"],
    ["quoted commas, quotes and line ends", 'id,a\nx,"1,2"\ny,"""\n"\n'],
    ["rows of any length", "id,a,b\nx\n\ny,1,2,3\n"],
  ]
) {
  Deno.test(`tableBytes inverts parseTable: ${what}`, () => {
    assertEquals(text(tableBytes(parseTable(bytes(body)))), body);
  });
}

Deno.test("parseTable keeps a quoted comma within its cell", () => {
  assertEquals(parseTable(bytes('id,a\nx,"1,2"\n')).rows, [["x", '"1,2"']]);
});

Deno.test("columnRoles finds composite identities and the timestamp", () => {
  assertEquals(columnRoles(["timestamp", "node_guid", "Port_Num", "xmit"]), {
    identity: [1, 2],
    timestamp: 0,
    values: [3],
  });
  assertEquals(columnRoles(["thing", "a"]), { identity: [0], timestamp: null, values: [1] });
});

function joined(pieces: Iterable<Uint8Array>): string {
  return [...pieces].map(text).join("");
}

Deno.test("rowsOf has exactly the requested size", () => {
  for (const bytes of [0, 1, 22, 23, 24, 100, 1_000, 32_768, 32_768 + 1, 1_000_003]) {
    assertEquals(joined(rowsOf(bytes, 4)).length, bytes, `${bytes} bytes`);
  }
});

Deno.test("rowsOf makes whole rows with distinct ids", () => {
  const rows = joined(rowsOf(1_000, 3)).trimEnd().split("\n").map((row) => row.split(","));
  assertEquals(rows.every(({ length }) => length === 3), true);
  assertEquals(new Set(rows.map(([id]) => id)).size, rows.length);
});

Deno.test("endlessRows never repeats an id", () => {
  const rows = endlessRows(2);
  const first = text(rows.next().value!)!, second = text(rows.next().value!)!;
  const ids = (first + second).trimEnd().split("\n");
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(first.length >= 32_768, true);
});
