import { assertEquals } from "@std/assert";
import { seededRandom } from "../../vocabulary/mod.ts";
import { drawCells, readTable } from "./source_watch.ts";

const TABLE = readTable("switch_id,a,b\r\nsw-0,1,2.50\r\nsw-1,3,\r\n");

Deno.test("readTable keeps the source's digits; a missing cell is null", () => {
  assertEquals([TABLE.metrics, TABLE.switches], [["a", "b"], ["sw-0", "sw-1"]]);
  assertEquals(TABLE.value("sw-0", "b"), "2.50");
  assertEquals(TABLE.value("sw-1", "b"), "");
  assertEquals([TABLE.value("sw-2", "a"), TABLE.value("sw-0", "switch_id")], [null, null]);
});

Deno.test("drawCells draws distinct cells up to the limit, the same for the same seed", () => {
  const drawn = drawCells(TABLE, seededRandom(1));
  assertEquals(new Set(drawn.map(({ switch_id, metric }) => `${switch_id} ${metric}`)).size, 4);
  const rows = Array.from({ length: 100 }, (_, i) => `sw-${i},1,2`).join("\n");
  const large = readTable(`switch_id,a,b\n${rows}\n`);
  assertEquals(drawCells(large, seededRandom(1)).length, 24);
  assertEquals(drawCells(large, seededRandom(7)), drawCells(large, seededRandom(7)));
});
