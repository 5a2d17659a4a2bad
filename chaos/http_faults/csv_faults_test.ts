import { assertEquals } from "@std/assert";
import { isRemoved, seededRandom } from "../vocabulary/mod.ts";
import {
  changeTimestamps,
  type CounterZeros,
  doubleColumn,
  doubleRows,
  floodNa,
  removeRows,
  resetCounters,
  reverseColumns,
  tearRows,
} from "./csv_faults.ts";
import { parseTable } from "./csv_table.ts";
import { bytes, cycle, text } from "./testing/bytes.ts";

const SAMPLE = bytes("id,a,b\nx1,10,20\nx2,30,40\n");

Deno.test("tearRows leaves each torn row at least one cell short and never empty", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { header, rows } = parseTable(tearRows(SAMPLE, 1, seededRandom(seed))!);
    assertEquals(header.length, 3, `seed ${seed}`);
    for (const cells of rows) {
      assertEquals(cells.length < 3 && cells[0] !== "", true, `seed ${seed}: ${cells}`);
    }
  }
});

Deno.test("tearRows tears a random share of the rows", () => {
  assertEquals(text(tearRows(SAMPLE, 0.5, cycle(0.9, 0.1, 0))), "id,a,b\nx1,10,20\nx\n");
});

Deno.test("tearRows returns null if no row is torn", () => {
  assertEquals(tearRows(SAMPLE, 0.5, () => 0.9), null);
});

Deno.test("removeRows drops the same switches each time, by their whole identity", () => {
  const rows = ["a,1,7", "a,2,7", "a,3,7", "b,1,7"];
  const ports = bytes(`node_guid,port_num,n\n${rows.join("\n")}\n`);
  const kept = rows.filter((row) => !isRemoved(row.split(",").slice(0, 2).join(":"), 0.5));
  assertEquals(kept.length, 2);
  assertEquals(text(removeRows(ports, 0.5)), `node_guid,port_num,n\n${kept.join("\n")}\n`);
  assertEquals(removeRows(ports, 0.001), null);
});

Deno.test("doubleRows repeats a random share of the rows", () => {
  assertEquals(
    text(doubleRows(SAMPLE, 0.5, cycle(0.1, 0.9))),
    "id,a,b\nx1,10,20\nx1,10,20\nx2,30,40\n",
  );
  assertEquals(doubleRows(SAMPLE, 0.5, () => 0.9), null);
});

Deno.test("doubleColumn repeats the identity column's name with other values", () => {
  assertEquals(
    text(doubleColumn(bytes("switch_id,a,b\nx,1,2\n"))),
    "switch_id,a,b,switch_id\nx,1,2,-1\n",
  );
});

Deno.test("reverseColumns reverses header and rows, but not torn rows", () => {
  assertEquals(
    text(reverseColumns(bytes("id,a,b\nx,1,2\ny,3\n"))),
    "b,a,id\n2,1,x\ny,3\n",
  );
});

Deno.test("floodNa replaces random values, never an identity or a time", () => {
  const sample = bytes("timestamp,switch_id,a,b\n5,x,1,2\n5,y,3,4\n");
  assertEquals(
    text(floodNa(sample, 0.5, cycle(0.1, 0.9))),
    "timestamp,switch_id,a,b\n5,x,N/A,2\n5,y,N/A,4\n",
  );
  assertEquals(
    text(floodNa(sample, 1, () => 0)),
    "timestamp,switch_id,a,b\n5,x,N/A,N/A\n5,y,N/A,N/A\n",
  );
});

Deno.test("resetCounters restarts counters at 0 and keeps gauges", () => {
  const zeros: CounterZeros = new Map();
  const at = (count: string) => bytes(`switch_id,gauge,errors\nx,1.5,${count}\n`);
  assertEquals(text(resetCounters(at("40"), zeros)), "switch_id,gauge,errors\nx,1.5,0\n");
  assertEquals(text(resetCounters(at("42"), zeros)), "switch_id,gauge,errors\nx,1.5,2\n");
});

Deno.test("resetCounters keeps the precision of 64-bit counters", () => {
  const zeros: CounterZeros = new Map();
  const at = (count: string) => bytes(`switch_id,n\nx,${count}\n`);
  resetCounters(at("9007199254740993"), zeros);
  assertEquals(text(resetCounters(at("9007199254740994"), zeros)), "switch_id,n\nx,1\n");
});

Deno.test("resetCounters keeps a counter that restarted by itself", () => {
  const zeros: CounterZeros = new Map();
  resetCounters(bytes("switch_id,n\nx,40\n"), zeros);
  assertEquals(text(resetCounters(bytes("switch_id,n\nx,3\n"), zeros)), "switch_id,n\nx,3\n");
});

Deno.test("changeTimestamps shifts the rows' timestamps, but not below 0", () => {
  const sample = bytes("timestamp,switch_id\n1700000000000001,x\n5,y\n");
  assertEquals(
    text(changeTimestamps(sample, (time_us) => time_us - 1000n)),
    "timestamp,switch_id\n1699999999999001,x\n0,y\n",
  );
  assertEquals(changeTimestamps(bytes("switch_id,a\nx,1\n"), (time_us) => time_us), null);
});
