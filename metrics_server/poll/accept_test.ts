import { assert, assertEquals, assertThrows } from "@std/assert";
import { ParseError } from "../parse/mod.ts";
import { Snapshot } from "../snapshot/mod.ts";
import { bytesOf, parseBody } from "../testing/bodies.ts";
import { accept, type Held, UNCHANGED } from "./accept.ts";
import { SnapshotIds } from "./snapshot_ids.ts";
import { NO_DOUBT } from "./doubt.ts";
import { PollError } from "./poll_error.ts";
import { arrived, CSV, NOW_MS, rulesOf, Taker } from "./testing/taker.ts";

Deno.test("accept() names a snapshot by its ETag, weak or strong, else by an id of its own", () => {
  const taker = new Taker();
  taker.take(CSV, { etag: '"boot-1"' });
  assertEquals(taker.id, "boot-1");
  taker.take(CSV.replace("2", "3"), { etag: 'W/"boot-2"' });
  assertEquals(taker.id, "boot-2");
  taker.take(CSV, { etag: null });
  assertEquals(taker.id, "own-1");
  taker.take(CSV.replace("2", "4"), { etag: "no quotes" });
  assertEquals(taker.id, "own-2");
});

Deno.test("accept() takes the same body as new if its header time is newer and it has no ETag", () => {
  const taker = new Taker();
  taker.take(CSV, { snapshot_ts: NOW_MS - 3000 });
  assert(taker.take(CSV, { snapshot_ts: NOW_MS - 3000 }) === UNCHANGED);
  taker.take(CSV, { snapshot_ts: NOW_MS - 1500 });
  assertEquals([taker.id, taker.held!.snapshot.taken_ms], ["own-2", NOW_MS - 1500]);
});

Deno.test("accept() treats the same body with the same ETag, or without one, as unchanged", () => {
  // A proxy that compresses the answer, or stops doing so, marks the same ETag.
  for (
    const [etag, next] of [['"a"', '"a"'], [null, null], ['"a-gzip"', '"a"'], ['"a"', 'W/"a-br"']]
  ) {
    const taker = new Taker();
    taker.take(CSV, { etag });
    assert(taker.take(CSV, { etag: next }) === UNCHANGED);
  }
});

Deno.test("accept() accepts the body after one in which a row's time was far ahead", () => {
  const body = (...times_ms: number[]) =>
    `timestamp,switch_id,m\n${times_ms.map((ms, row) => `${ms}000,sw-${row},1\n`).join("")}`;
  const taker = new Taker();
  taker.take(body(NOW_MS - 2000, NOW_MS + 86_400_000, NOW_MS - 2000), { etag: '"boot-1"' });
  assertEquals(taker.held!.snapshot.taken_ms, NOW_MS - 2000);
  taker.take(body(NOW_MS - 1000, NOW_MS - 1000, NOW_MS - 1000), { etag: '"boot-2"' });
  assertEquals([taker.id, taker.held!.snapshot.taken_ms], ["boot-2", NOW_MS - 1000]);
});

Deno.test("accept() gives an id of its own to other data with a known ETag", () => {
  const taker = new Taker();
  taker.take(CSV, { etag: '"stuck"' });
  taker.take(CSV.replace("2", "3"), { etag: '"stuck"' });
  assertEquals([taker.id, taker.read("sw-1")], ["own-1", "3"]);
});

Deno.test("accept() uses the time of the rows, else of the header, else of the fetch", () => {
  const rows = "timestamp,switch_id,m\n1699999999000000,sw-0,1\n1699999998000000,sw-1,2\n";
  const cases: [string, Parameters<typeof arrived>[1], string, number][] = [
    [rows, { snapshot_ts: NOW_MS - 5 }, "rows", NOW_MS - 1000],
    [CSV, { snapshot_ts: NOW_MS - 5 }, "header", NOW_MS - 5],
    [CSV, { data_age_ms: 7 }, "age", NOW_MS - 7],
    [CSV, {}, "fetch", NOW_MS],
  ];
  for (const [csv, rest, time_source, taken_ms] of cases) {
    const { snapshot } = new Taker().take(csv, rest) as Held;
    assertEquals([snapshot.time_source, snapshot.taken_ms], [time_source, taken_ms]);
  }
});

Deno.test("accept() refuses an older snapshot of the same boot and keeps the current one", () => {
  const taker = new Taker();
  taker.take(CSV, { etag: '"boot-5"', snapshot_ts: NOW_MS });
  assertEquals(taker.refuses(CSV, { etag: '"boot-4"', snapshot_ts: NOW_MS - 1 }), "older_snapshot");
  assertEquals(taker.id, "boot-5");
  taker.take(CSV, { etag: '"boot-6"', snapshot_ts: NOW_MS });
  assertEquals(taker.id, "boot-6");
});

Deno.test("accept() takes an older snapshot of another boot: the source restarted", () => {
  const taker = new Taker();
  taker.take(CSV, { etag: '"bootone-5"', snapshot_ts: NOW_MS });
  taker.take(CSV, { etag: '"boottwo-1"', snapshot_ts: NOW_MS - 60_000 });
  assertEquals(taker.id, "boottwo-1");
});

Deno.test("accept() compares times of one kind only: rows, header and fetch are three clocks", () => {
  const rows = "timestamp,switch_id,m\n1699999999000000,sw-0,1\n";
  const taker = new Taker();
  taker.take(CSV, { snapshot_ts: NOW_MS });
  taker.take(rows);
  assertEquals(taker.held!.snapshot.taken_ms, NOW_MS - 1000);
  taker.take(CSV, { snapshot_ts: NOW_MS - 5000 });
  assertEquals(taker.held!.snapshot.taken_ms, NOW_MS - 5000);
});

Deno.test("accept() accepts fetch times that go back: this machine's clock was set back", () => {
  const taker = new Taker();
  taker.take(CSV);
  taker.take(CSV.replace("2", "3"), { answered_ms: NOW_MS - 3_600_000 });
  assertEquals([taker.read("sw-1"), taker.held!.snapshot.taken_ms], ["3", NOW_MS - 3_600_000]);
});

Deno.test("accept() infers no restart from ETags that are not <boot>-<sequence>", () => {
  const taker = new Taker();
  taker.take(CSV, { etag: '"x"', snapshot_ts: NOW_MS });
  assertEquals(taker.refuses(CSV, { etag: '"y"', snapshot_ts: NOW_MS - 1 }), "older_snapshot");
});

Deno.test("accept() pauses while it matches the rows of a large body", () => {
  const csv = "switch_id,m\n" + Array.from({ length: 5_000 }, (_, i) => `sw-${i},1\n`).join("");
  const taker = new Taker();
  taker.take(csv);
  let pauses = 0;
  const pacing = { start() {}, pause: () => void pauses++ };
  const news = arrived(csv.replace("sw-0,1", "sw-0,2"));
  accept(news, taker.held, NO_DOUBT, { ...rulesOf(), pacing });
  assert(pauses >= 2, `${pauses} times`);
});

Deno.test("accept() follows columns and switches that appear, disappear and move", () => {
  const taker = new Taker();
  taker.take("switch_id,m,n\nsw-0,1,2\nsw-1,3,4\n");
  taker.take("n,switch_id,o,m\n20,sw-1,7,30\n40,sw-2,8,50\n");
  assertEquals([taker.read("sw-1", "m"), taker.read("sw-1", "n"), taker.read("sw-2", "o")], [
    "30",
    "20",
    "8",
  ]);
  assertEquals(new Snapshot(taker.held!.snapshot).row("sw-0"), -1);
});

Deno.test("accept() keeps the topology when only values changed", () => {
  const taker = new Taker();
  taker.take(CSV);
  const { topology } = taker.held!.snapshot;
  taker.take(CSV.replace("2\n", "22\n"));
  assert(taker.held!.snapshot.topology === topology);
  assertEquals(taker.read("sw-1"), "22");
  taker.take("switch_id,m\nsw-1,1\nsw-0,2\n");
  assert(taker.held!.snapshot.topology !== topology);
  assertEquals(taker.read("sw-1"), "1");
});

Deno.test("accept() keeps the first row of a repeated id and counts the others", () => {
  const taker = new Taker();
  for (const value of ["1", "2"]) {
    taker.take(`switch_id,m\nsw-0,${value}\nsw-0,9\nsw-1,3\n`);
    assertEquals([taker.read("sw-0"), taker.held!.snapshot.repeated_ids], [value, 1]);
    assertEquals(taker.held!.snapshot.table.rows, 2);
  }
});

Deno.test("accept() counts rows without an id as bad, shows some, and refuses more than a tenth", () => {
  const rows = (bad: number, good: number) =>
    "switch_id,m\n" + ",0\n".repeat(bad) +
    Array.from({ length: good }, (_, n) => `sw-${n},1\n`).join("");
  const { snapshot, bad_samples } = new Taker().take(rows(1, 9)) as Held;
  assertEquals([snapshot.bad_rows, snapshot.table.rows], [1, 9]);
  assertEquals(bad_samples, [{ line: 2, reason: "no id", text: ",0" }]);
  const twins = new Taker().take(`switch_id,switch_id\n1,2\n${"3,3\n".repeat(9)}`) as Held;
  assertEquals(twins.bad_samples[0].reason, "no id, or unequal ones");
  const error = assertThrows(() => new Taker().take(rows(2, 9)), ParseError);
  assertEquals(error.cause_word, "too_many_bad_rows");
  assertEquals(assertThrows(() => new Taker().take(rows(3, 0)), ParseError).cause_word, "no_rows");
});

Deno.test("accept() names a row whose id is not UTF-8", () => {
  const csv = `switch_id,m\n${"sw-0,1\nsw-1,1\nsw-2,1\nsw-3,1\nsw-4,1\n".repeat(3)}K@ln,1\n`;
  const bytes = bytesOf(csv).map((byte) => byte === 0x40 ? 0xf6 : byte);
  const { bad_samples } = new Taker().take(CSV, { body: parseBody(bytes) }) as Held;
  assertEquals(bad_samples, [{ line: 17, reason: "not UTF-8", text: "K\ufffdln,1" }]);
});

Deno.test("accept() shows three bad rows in all, torn ones before those without an id", () => {
  const good = Array.from({ length: 60 }, (_, n) => `sw-${n},1\n`).join("");
  const csv = `switch_id,m\n,7\ntorn\n${good},8\n"x,1\n,9\n`;
  const { snapshot, bad_samples } = new Taker().take(csv) as Held;
  assertEquals(snapshot.bad_rows, 5);
  assertEquals(bad_samples, [
    { line: 3, reason: "1 cells instead of 2", text: "torn" },
    { line: 65, reason: "broken quote", text: '"x,1' },
    { line: 2, reason: "no id", text: ",7" },
  ]);
});

Deno.test("accept() names the value that is wrong in each refusal", () => {
  const taker = new Taker();
  taker.take(CSV, { snapshot_ts: NOW_MS });
  const cases: [csv: string, rest: Parameters<typeof arrived>[1], message: string][] = [
    [
      CSV.replace("2", "3"),
      { snapshot_ts: NOW_MS - 1 },
      "snapshot of 2023-11-14T22:13:19.999Z is older than the one held, of " +
      "2023-11-14T22:13:20.000Z, and the source did not restart",
    ],
    [
      CSV.trimEnd(),
      { end_known: false },
      "the body ends after 25 bytes without the line end that the last body had, and its length " +
      "was not announced",
    ],
    ["switch_id,m\n,1\n ,2\n", {}, "2 rows, none with an id"],
    [
      "switch_id,m\nsw-0,1\n,2\n",
      {},
      "1 of 2 rows are bad (1 without a valid id): at most 10 % are left out",
    ],
  ];
  for (const [csv, rest, message] of cases) {
    assertThrows(() => taker.take(csv, rest), Error, message);
  }
  assertThrows(
    () => new Taker().take(CSV.trimEnd(), { end_known: false }),
    PollError,
    "the body ends after 25 bytes without a line end, and its length was not announced",
  );
});

function counting(): SnapshotIds {
  let n = 0;
  return new SnapshotIds(() => `own-${++n}`);
}

Deno.test("SnapshotIds uses an ETag as id once, then ids of its own", () => {
  const ids = counting();
  assertEquals(["a", "a", "b", "a", null].map((etag) => ids.take(etag)), [
    "a",
    "own-1",
    "b",
    "own-2",
    "own-3",
  ]);
});

Deno.test("SnapshotIds uses ETags that differ only by a proxy's mark once", () => {
  const ids = counting();
  assertEquals(["a-gzip", "a", "b", "b--gzip", "a;gzip"].map((etag) => ids.take(etag)), [
    "a-gzip",
    "own-1",
    "b",
    "own-2",
    "own-3",
  ]);
});

Deno.test("SnapshotIds of a shard name it: the source's ETag is the same for all shards", () => {
  const ids = new SnapshotIds(() => "own-1", { index: 1, count: 4 });
  const taken = ["a-gzip", "a", null].map((etag) => ids.take(etag));
  assertEquals(taken, ["a-1of4", "own-1-1of4", "own-1-1of4"]);
});

Deno.test("SnapshotIds remembers the latest 1,024 ETags", () => {
  const ids = counting();
  for (let n = 0; n <= 1024; n++) ids.take(`e${n}`);
  assertEquals(ids.take("e1"), "own-1");
  assertEquals(ids.take("e0"), "e0");
});
