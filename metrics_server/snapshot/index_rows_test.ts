import { assert, assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import { parseBody, rowsOf } from "../testing/bodies.ts";
import { forSeeds } from "../testing/random.ts";
import { indexRows, matchRows } from "./index_rows.ts";
import { keyedHashText } from "./hash.ts";
import { HASH_KEY, idsOf } from "../testing/snapshots.ts";
import { findRow } from "./topology.ts";

const CSV = "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\nsw-2,5,6\n";

function indexed(csv: string | Uint8Array) {
  const { header, table } = parseBody(csv);
  return indexRows(header, table, HASH_KEY);
}

Deno.test("indexRows keeps every row with a good id, without moving a cell", () => {
  const { header, table } = parseBody(CSV);
  const result = indexRows(header, table, HASH_KEY);
  assertStrictEquals(result.table, table);
  assertEquals([result.empty_ids, result.repeated_ids, result.empty_ids_at], [0, 0, []]);
  assertEquals(result.topology.rows, 3);
});

Deno.test("indexRows keeps the first row of an id and counts the others", () => {
  const { table, topology, repeated_ids } = indexed(
    "switch_id,a\nsw-0,1\nsw-1,2\nsw-0,3\nsw-2,4\nsw-0,5\nsw-2,6\n",
  );
  assertEquals(repeated_ids, 3);
  assertEquals(rowsOf(table), [["sw-0", "1"], ["sw-1", "2"], ["sw-2", "4"]]);
  assertEquals(["sw-0", "sw-1", "sw-2"].map((id) => findRow(topology, id)), [0, 1, 2]);
});

Deno.test("indexRows treats ids that differ only in quotes or white space as equal", () => {
  const { repeated_ids } = indexed('switch_id,a\nsw-0,1\n"sw-0",2\n sw-0 ,3\n');
  assertEquals(repeated_ids, 2);
});

Deno.test("indexRows drops and counts rows without an id and locates the first three", () => {
  const csv = "switch_id,a\n,1\nsw-0,2\n  ,3\nsw-1,4\n,5\n,6\n";
  const { table, empty_ids, empty_ids_at } = indexed(csv);
  assertEquals(rowsOf(table), [["sw-0", "2"], ["sw-1", "4"]]);
  assertEquals(empty_ids, 4);
  assertEquals(empty_ids_at.map((at) => csv.slice(at).split("\n")[0]), [",1", "  ,3", ",5"]);
});

Deno.test("indexRows drops an id that is not UTF-8, which no request could name", () => {
  const csv = new TextEncoder().encode("switch_id,a\nsw-?,1\nsw-0,2\n");
  csv[csv.indexOf(0x3f)] = 0xff;
  const { table, empty_ids } = indexed(csv);
  assertEquals([rowsOf(table), empty_ids], [[["sw-0", "2"]], 1]);
});

Deno.test("indexRows makes an empty table if no id is good", () => {
  const { table, topology, empty_ids } = indexed("switch_id,a\n,1\n,2\n");
  assertEquals([table.rows, topology.rows, empty_ids], [0, 0, 2]);
  assertEquals(findRow(topology, ""), -1);
});

Deno.test("indexRows takes ids far longer than usual", () => {
  const ids = Array.from({ length: 200 }, (_, i) => `${i}-`.repeat(60));
  const { topology } = indexed(`switch_id,a\n${ids.map((id) => `${id},1\n`).join("")}`);
  assertEquals(ids.map((id) => findRow(topology, id)), ids.map((_, row) => row));
});

/** A usual probe is one slot; half of the slots are free. */
const PROBES_USUAL_MAX = 100;

for (
  const [spelling, name] of [
    ["sw-000", (i: number) => `sw-${String(i).padStart(3, "0")}`],
    ["GUID:port", (i: number) => `0x248a0703${(i >> 6).toString(16).padStart(8, "0")}:${i & 63}`],
    ["rack/unit", (i: number) => `rack${i / 48 | 0}-u${i % 48}.example.net`],
  ] as const
) {
  Deno.test(`indexRows puts 100,000 ids like ${spelling} near their slots`, () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => name(i));
    const { slots } = indexed(`switch_id,a\n${ids.map((id) => `${id},1\n`).join("")}`).topology;
    const probes = slots.reduce((longest, row, slot) => {
      if (row === 0) return longest;
      const home = keyedHashText(HASH_KEY, ids[row - 1]);
      return Math.max(longest, (slot - home) & (slots.length - 1));
    }, 0);
    assertLess(probes, PROBES_USUAL_MAX);
  });
}

/** Result of `matchRows` for `csv` after `CSV` was indexed. */
function matched(csv: string, held = CSV) {
  const { header, table } = parseBody(csv);
  return matchRows(header, table, indexed(held).topology);
}

Deno.test("matchRows recognises the same rows with other values", () => {
  const { header, table } = parseBody(CSV.replaceAll(/\d\n/g, "99\n"));
  const { topology } = indexed(CSV);
  const result = matchRows(header, table, topology);
  assertStrictEquals(result?.topology, topology);
  assertStrictEquals(result.table, table);
});

const OTHERS: [what: string, csv: string][] = [
  ["a row less", "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\n"],
  ["a row more", `${CSV}sw-3,7,8\n`],
  ["rows in another order", "switch_id,a,b\nsw-1,3,4\nsw-0,1,2\nsw-2,5,6\n"],
  ["another id", "switch_id,a,b\nsw-0,1,2\nsw-X,3,4\nsw-2,5,6\n"],
  ["an id that is longer", "switch_id,a,b\nsw-0,1,2\nsw-1x,3,4\nsw-2,5,6\n"],
  ["another first row", "switch_id,a,b\nsw-9,1,2\nsw-1,3,4\nsw-2,5,6\n"],
  ["a row gone and another one new", "switch_id,a,b\nsw-0,1,2\nsw-2,5,6\nsw-3,7,8\n"],
  ["a row gone and another one twice", "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\nsw-1,5,6\n"],
  ["columns in another order", "switch_id,b,a\nsw-0,1,2\nsw-1,3,4\nsw-2,5,6\n"],
  ["a column less", "switch_id,a\nsw-0,1\nsw-1,3\nsw-2,5\n"],
  ["a column more", "switch_id,a,b,c\nsw-0,1,2,\nsw-1,3,4,\nsw-2,5,6,\n"],
  ["a column of another name", "switch_id,a,B\nsw-0,1,2\nsw-1,3,4\nsw-2,5,6\n"],
];

for (const [what, csv] of OTHERS) {
  Deno.test(`matchRows recognises no sample with ${what}`, () => {
    assertEquals(matched(csv), null);
  });
}

Deno.test("matchRows recognises no sample of another identity", () => {
  const csv = "node_guid,port,aport,sys_image_guid\n0xa,1,1,0xa\n";
  const { header, table } = parseBody(csv);
  const { topology } = indexRows(header, table, HASH_KEY);
  const other = parseBody(csv, [], [["sys_image_guid", "aport"]]);
  assertEquals(matchRows(other.header, other.table, topology), null);
});

Deno.test("matchRows drops the rows that indexRows drops", () => {
  const dirty = "switch_id,a,b\n,0,0\nsw-0,1,2\nsw-0,9,9\nsw-1,3,4\nsw-2,5,6\nsw-1,9,9\n,0,0\n";
  for (const held of [CSV, dirty]) {
    const { header, table } = parseBody(dirty);
    const { topology } = indexed(held);
    const result = matchRows(header, table, topology);
    assert(result !== null);
    assertStrictEquals(result.topology, topology);
    assertEquals([result.empty_ids, result.repeated_ids], [2, 2]);
    assertEquals(rowsOf(result.table), [["sw-0", "1", "2"], ["sw-1", "3", "4"], [
      "sw-2",
      "5",
      "6",
    ]]);
  }
});

Deno.test("matchRows agrees with indexRows on any two samples, or returns null", () => {
  let matches = 0;
  forSeeds(2000, (random) => {
    const sample = () => {
      const ids = Array.from({ length: 1 + random.below(4) }, () => random.of(["", "a", "b", "c"]));
      return `switch_id,x\n${ids.map((id, i) => `${id},${i}\n`).join("")}`;
    };
    const { topology } = indexed(sample());
    const csv = sample();
    const fresh = indexed(csv);
    const { header, table } = parseBody(csv);
    const result = matchRows(header, table, topology);
    const ids = (topology: typeof fresh.topology) => [
      ...topology.id_offsets.slice(0, topology.rows + 1),
      ...topology.id_bytes.slice(0, topology.id_offsets[topology.rows]),
    ];
    const same = JSON.stringify(ids(topology)) === JSON.stringify(ids(fresh.topology));
    assertEquals(result !== null, same, csv);
    if (result === null) return assertEquals(rowsOf(table).length, csv.split("\n").length - 2);
    matches++;
    assertEquals(rowsOf(result.table), rowsOf(fresh.table));
    const counts = (indexed: typeof fresh) => [
      indexed.empty_ids,
      indexed.repeated_ids,
      indexed.empty_ids_at,
    ];
    assertEquals(counts(result), counts(fresh));
  });
  if (Deno.env.get("TEST_SEED") === undefined) assert(matches > 50, `${matches} matches`);
});

Deno.test("matchRows pauses about every thousand rows", () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => `sw-${i},1\n`).join("");
  const csv = `switch_id,a\n${rows}`;
  const { header, table } = parseBody(csv);
  const { topology } = indexed(csv);
  let pauses = 0;
  assert(matchRows(header, table, topology, () => pauses++) !== null);
  assert(pauses >= 5 && pauses <= 20, `${pauses} times`);
});

/** Ids of the rows kept. */
function idsIn(csv: string): string[] {
  return idsOf(indexed(csv));
}

Deno.test("indexRows unquotes and trims ids", () => {
  const cells = ["sw-0", '"sw-1"', " sw-2\t", '" sw 3 "', '"sw ""4"""', '"sw,\n5"', "ü/€"];
  assertEquals(
    idsIn(`switch_id,a\n${cells.map((cell) => `${cell},1\n`).join("")}`),
    ["sw-0", "sw-1", "sw-2", "sw 3", 'sw "4"', "sw,\n5", "ü/€"],
  );
});

Deno.test("indexRows joins the parts of a composed id in the order of the identity", () => {
  const csv = 'Port,timestamp,Node_GUID\n12,1,0x248a070300e50c30\n" 3 ",1,"0xa"\n';
  assertEquals(idsIn(csv), ["0x248a070300e50c30:12", "0xa:3"]);
});

Deno.test("indexRows identifies an XDR row by system image and port", () => {
  assertEquals(idsIn("sys_image_guid,aport,x\n0xfc6a1c0300a0,7,1\n"), ["0xfc6a1c0300a0:7"]);
});

Deno.test("indexRows drops a row if a part of its id is empty", () => {
  const csv = 'node_guid,port_num,a\n0xa,,1\n,3,1\n0xa," ",1\n0xa,"",1\n,,1\n0xa,1,1\n';
  const { empty_ids } = indexed(csv);
  assertEquals([idsIn(csv), empty_ids], [["0xa:1"], 5]);
});

Deno.test("indexRows takes ids of any length", () => {
  const long = ["x".repeat(255), "y".repeat(256), "z".repeat(5000)];
  assertEquals(idsIn(`switch_id,a\n${long.map((id) => `${id},1\n`).join("")}`), long);
  const parts = `node_guid,port_num\n${"g".repeat(256)},${"p".repeat(700)}\n`;
  assertEquals(idsIn(parts), [`${"g".repeat(256)}:${"p".repeat(700)}`]);
});
