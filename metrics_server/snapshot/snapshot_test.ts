import { assertEquals } from "@std/assert";
import { agedTo, Snapshot } from "./snapshot.ts";
import { snapshotOf } from "../testing/snapshots.ts";

Deno.test("Snapshot finds a value by switch and metric, digit for digit", () => {
  const csv = "switch_id,a,b\nsw-0,1.50,9007199254740993\nsw-1,N/A,up\n";
  const snapshot = new Snapshot(snapshotOf(csv));
  const read = (switch_id: string, metric: string) =>
    snapshot.read(snapshot.row(switch_id), snapshot.column(metric)).token;
  assertEquals(
    [read("sw-0", "a"), read("sw-0", "b"), read("sw-1", "a"), read("sw-1", "b")],
    ["1.50", "9007199254740993", "null", '"up"'],
  );
});

Deno.test("Snapshot finds only its own switches and metrics, without the identity", () => {
  const snapshot = new Snapshot(snapshotOf("node_guid,port,a\n0xa,1,5\n"));
  assertEquals([snapshot.row("0xa:1"), snapshot.row("0xa")], [0, -1]);
  assertEquals(["a", "A", "port", "node_guid", "", "constructor"].map((m) => snapshot.column(m)), [
    2,
    -1,
    -1,
    -1,
    -1,
    -1,
  ]);
  assertEquals(snapshot.metrics(), ["a"]);
});

Deno.test("Snapshot dates a reading by its row's time, if rows have one", () => {
  const csv = "switch_id,timestamp,a\nsw-0,1764000000000000,1\nsw-1,1763999990000000,2\nsw-2,,3\n";
  const snapshot = new Snapshot(snapshotOf(csv, 1764000005000));
  const times = [0, 1, 2].map((row) => snapshot.read(row, 2).taken_ms);
  assertEquals(times, [1764000000000, 1763999990000, 1764000000000]);
});

Deno.test("Snapshot limits the time of a reading to the snapshot's", () => {
  const csv = "switch_id,timestamp,a\nsw-0,1764000000000000,1\nsw-1,1769999999000000,2\n";
  const snapshot = new Snapshot(snapshotOf(csv, 1764000005000));
  assertEquals([0, 1].map((row) => snapshot.read(row, 2).taken_ms), [1764000000000, 1764000005000]);
});

Deno.test("Snapshot dates readings by the snapshot's time if rows have none", () => {
  const data = snapshotOf("switch_id,a\nsw-0,1\n", 1764000005000);
  assertEquals(new Snapshot(data).read(0, 1).taken_ms, 1764000005000);
});

Deno.test("agedTo() limits the times of a snapshot and makes none younger", () => {
  const csv = "switch_id,timestamp,a\nsw-0,1764000000000000,1\nsw-1,1763999990000000,2\n";
  const data = snapshotOf(csv, 1764000005000);
  const timesAt = (not_after_ms: number) => {
    const aged = agedTo(data, not_after_ms);
    const snapshot = new Snapshot(aged);
    return [aged.taken_ms, ...[0, 1].map((row) => snapshot.read(row, 2).taken_ms)];
  };
  assertEquals(timesAt(1764000004000), [1764000000000, 1764000000000, 1763999990000]);
  assertEquals(timesAt(1763999995000), [1763999995000, 1763999995000, 1763999990000]);
});
