import { assertEquals } from "@std/assert";
import { seededRandom } from "../../vocabulary/mod.ts";
import { until } from "../../../tools/verdict/mod.ts";
import { drawCells, readTable, SourceWatch } from "./source_watch.ts";

const TABLE = readTable("switch_id,a,b\r\nsw-0,1,2.50\r\nsw-1,3,\r\n");

Deno.test("readTable keeps the source's digits; a missing cell is null", () => {
  assertEquals([TABLE.metrics, TABLE.switches], [["a", "b"], ["sw-0", "sw-1"]]);
  assertEquals(TABLE.value("sw-0", "b"), "2.50");
  assertEquals(TABLE.value("sw-1", "b"), "");
  assertEquals([TABLE.value("sw-2", "a"), TABLE.value("sw-0", "switch_id")], [null, null]);
});

Deno.test("readTable names rows by all identity columns and leaves out rows that are long past", () => {
  const csv = "timestamp,node_guid,port_num,n\n" +
    "1700000600000000,g,1,18446744073709551615\n1700000000000000,g,2,7\n";
  const { switches, metrics, rows, newest_row_ms, value } = readTable(csv);
  assertEquals([switches, metrics, rows], [["g:1"], ["n"], 2]);
  assertEquals(newest_row_ms, 1_700_000_600_000);
  assertEquals(value("g:1", "n"), "18446744073709551615");
});

Deno.test("drawCells draws every second cell from the values above 2^53", () => {
  const rows = Array.from({ length: 20 }, (_, i) => `sw-${i},${2n ** 53n + BigInt(i)},1`);
  const table = readTable(`switch_id,wide,narrow\n${rows.join("\n")}\n`);
  const drawn = drawCells(table, seededRandom(1), 10);
  // 2^53 itself is wide, and 2^53 - 1 would not be.
  assertEquals(drawn.filter(({ metric }) => metric === "wide").length, 5);
});

Deno.test("SourceWatch records a snapshot once if the source sends no ETag", async () => {
  let n = 1, answers = 0;
  await using source = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    answers++;
    return new Response(`timestamp,switch_id,a\n${1_700_000_000_000_000 + n},sw-0,${n}\n`);
  });
  const seen: string[] = [];
  const watch = new SourceWatch(`127.0.0.1:${source.addr.port}`, "/", (entry) => {
    if (entry.kind === "source") seen.push(`${entry.taken_ms} ${entry.values["sw-0 a"]}`);
  });
  await watch.first;
  watch.watch([{ switch_id: "sw-0", metric: "a" }]);
  await until("the first snapshot", () => seen.length > 0);
  const before = answers;
  await until("two more reads", () => answers > before + 1);
  n = 2000;
  await watch.stop();
  assertEquals(seen, ["1700000000000 1", "1700000000002 2000"]);
});

Deno.test("drawCells draws distinct cells up to the limit, the same for the same seed", () => {
  const drawn = drawCells(TABLE, seededRandom(1));
  assertEquals(new Set(drawn.map(({ switch_id, metric }) => `${switch_id} ${metric}`)).size, 4);
  const rows = Array.from({ length: 100 }, (_, i) => `sw-${i},1,2`).join("\n");
  const large = readTable(`switch_id,a,b\n${rows}\n`);
  assertEquals(drawCells(large, seededRandom(1)).length, 24);
  assertEquals(drawCells(large, seededRandom(7)), drawCells(large, seededRandom(7)));
});

Deno.test("SourceWatch records a snapshot that appears just before its stop", async () => {
  let n = 1;
  await using source = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const headers = { etag: `"boot-${n}"`, "x-snapshot-ts": `${1_700_000_000_000 + n}` };
    return new Response(`switch_id,a\nsw-0,${n}\n`, { headers });
  });
  const ids: string[] = [];
  const watch = new SourceWatch(`127.0.0.1:${source.addr.port}`, "/", (entry) => {
    if (entry.kind === "source") ids.push(entry.snapshot_id);
  });
  await watch.first;
  watch.watch([{ switch_id: "sw-0", metric: "a" }]);
  await until("the first snapshot", () => ids.length > 0);
  n = 2;
  await watch.stop();
  assertEquals(ids.at(-1), "boot-2");
});
