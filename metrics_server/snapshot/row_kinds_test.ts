/** Ids of rows that different columns identify. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { parseBody } from "../testing/bodies.ts";
import { HASH_KEY, idsOf, snapshotOf } from "../testing/snapshots.ts";
import { indexRows, matchRows } from "./index_rows.ts";

const HEADER = "port_type,node_guid,port_num,sys_image_guid,aport,x\n";

/** Ports 1 and 2 of planes 0xa and 0xb, and the ports they make up. */
function xdr(aggregated: readonly string[], system = "0xf"): string {
  const planes = ["0xa", "0xb"].flatMap((guid) =>
    [1, 2].map((port) => `2,${guid},${port},${system},${port},7\n`)
  );
  return HEADER + planes.join("") + aggregated.join("");
}

const EMPTY = ["4,,,0xf,1,8\n", "4,,,0xf,2,9\n"];
const FIRST_PLANE = ["4,0xa,1,0xf,1,8\n", "4,0xa,2,0xf,2,9\n"];
const IDS = ["0xa:1", "0xa:2", "0xb:1", "0xb:2", "0xf:1", "0xf:2"];

for (const [cells, aggregated] of [["empty", EMPTY], ["the first plane's", FIRST_PLANE]] as const) {
  Deno.test(`Aggregated ports have ids of their own if their node GUIDs are ${cells}`, () => {
    const { topology, bad_rows, repeated_ids } = snapshotOf(xdr(aggregated));
    assertEquals(idsOf({ topology }), IDS);
    assertEquals([bad_rows, repeated_ids, topology.is_named], [0, 0, false]);
  });

  Deno.test(`An aggregated port names its column if its system has a plane's GUID: ${cells}`, () => {
    const body = xdr(aggregated, "0xa").replaceAll("0xf", "0xa");
    const { topology, repeated_ids } = snapshotOf(body);
    assertEquals(idsOf({ topology }).slice(4), ["0xa:aport:1", "0xa:aport:2"]);
    assertEquals(repeated_ids, 0);
    const { header, table } = parseBody(body);
    assertStrictEquals(matchRows(header, table, topology)?.topology, topology);
    const [, ...lines] = body.split("\n");
    const fewer = parseBody(HEADER + lines.slice(2).join("\n"));
    const next = indexRows(fewer.header, fewer.table, HASH_KEY, topology.is_named);
    assertEquals(
      idsOf(next),
      ["0xb:1", "0xb:2", "0xa:aport:1", "0xa:aport:2"],
      "an id keeps its row",
    );
  });
}

Deno.test("Identity columns match in the spellings of all UFM endpoints", () => {
  const body =
    'Port_Type,Node_GUID,Port_Number,Sys_Image_GUID,APort,x\n1,0xa,1,,,7\n "4" ,0xa,1,0xf,1,8\n';
  assertEquals(idsOf(snapshotOf(body)), ["0xa:1", "0xf:1"]);
});

Deno.test("A row takes the first alternative of ID_COLUMNS without an empty cell", () => {
  const body = "c,d,a,b,x\nc1,d1,a1,b1,1\nc2,d2,a2,,2\nc3,,a3,b3,3\nc4,d4,,,4\nc5,,,b5,5\n";
  const snapshot = snapshotOf(body, 0, [["a", "b"], ["c", "d"]]);
  assertEquals(idsOf(snapshot), ["a1:b1", "c2:d2", "a3:b3", "c4:d4"]);
  assertEquals(snapshot.bad_rows, 1);
});

Deno.test("A row of another kind with the same id is another row", () => {
  const csv = (row: string) => `a,b,x\n${row}\n`;
  const columns = [["a"], ["b"]];
  const { topology } = snapshotOf(csv("n,,1"), 0, columns);
  const { header, table } = parseBody(csv(",n,1"), [], columns);
  assertEquals(matchRows(header, table, topology), null);
});

Deno.test("Rows of empty cells alone count as blank lines", () => {
  const { topology, bad_rows } = snapshotOf('switch_id,x,y\nsw-0,1,2\n,,\n , ,""\n,,\nsw-1,3,4\n');
  assertEquals([idsOf({ topology }), bad_rows], [["sw-0", "sw-1"], 0]);
});

Deno.test("An identity column that comes twice must have one value in a row", () => {
  const rows = Array.from({ length: 10 }, (_, i) => `sw-${i},1,"sw-${i}"\n`).join("");
  const { topology, bad_rows } = snapshotOf(`switch_id,x,switch_id\n${rows}sw-10,1,sw-11\n`);
  assertEquals([topology.rows, bad_rows], [10, 1]);
  assertEquals(topology.header.repeated, ["switch_id"]);
});
