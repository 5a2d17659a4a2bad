import { assert, assertEquals } from "@std/assert";
import { age, type Held, UNCHANGED } from "./accept.ts";
import { CSV, NOW_MS, Taker, timesOf } from "./testing/taker.ts";

/** CSV whose rows were taken this long ago. */
const rowsOf = (...ages_ms: number[]) =>
  `timestamp,switch_id,m\n${
    ages_ms.map((age_ms, row) => `${NOW_MS - age_ms},sw-${row},1\n`).join("")
  }`;

/** Age of the snapshot now, and its limit. */
function agesOf({ snapshot }: Held): [age_ms: number, limit_ms: number] {
  return [NOW_MS - snapshot.taken_ms, NOW_MS - snapshot.not_after_ms];
}

Deno.test("accept() takes the oldest of rows, X-Snapshot-Ts, Age and fetch", () => {
  const ages = (csv: string, head: Parameters<Taker["take"]>[1]) =>
    agesOf(new Taker().take(csv, head) as Held);
  assertEquals(ages(rowsOf(60, 70), { snapshot_ts: NOW_MS - 50 }), [60, 50]);
  assertEquals(ages(rowsOf(60, 70), { snapshot_ts: NOW_MS - 80 }), [80, 80]);
  assertEquals(ages(rowsOf(60), { cache_age_ms: 9000 }), [9000, 9000]);
  assertEquals(ages(CSV, { snapshot_ts: NOW_MS - 50, cache_age_ms: 9000 }), [9000, 9000]);
  assertEquals(ages(CSV, { snapshot_ts: NOW_MS - 9000, cache_age_ms: 50 }), [9000, 9000]);
  assertEquals(ages(CSV, { requested_ms: NOW_MS - 30, data_age_ms: 50 }), [80, 80]);
});

Deno.test("accept() finds the time column of each body, wherever it has moved", () => {
  const taker = new Taker();
  taker.take(rowsOf(60_000));
  const moved = taker.take(`m,switch_id,timestamp\n1,sw-0,${NOW_MS - 30_000}\n`) as Held;
  assertEquals(agesOf(moved), [30_000, 0]);
  assertEquals(moved.snapshot.time_column?.column, 2);
});

Deno.test("age() makes held data as old as a later answer reports, and never younger", () => {
  const held = new Taker().take(CSV, { snapshot_ts: NOW_MS - 5000 }) as Held;
  assertEquals(agesOf(age(held, timesOf({ cache_age_ms: 9000 }))!), [9000, 9000]);
  assertEquals(agesOf(age(held, timesOf({ snapshot_ts: NOW_MS - 6000 }))!), [6000, 6000]);
  for (const times of [{}, { cache_age_ms: 0 }, { snapshot_ts: NOW_MS }, { data_age_ms: 5000 }]) {
    assertEquals(age(held, timesOf(times)), null);
  }
});

Deno.test("accept() keeps the age of the same body that a cache sends again", () => {
  const taker = new Taker();
  taker.take(CSV);
  assert(taker.take(CSV, { answered_ms: NOW_MS + 60_000, cache_age_ms: 60_000 }) === UNCHANGED);
  assert(taker.take(CSV, { answered_ms: NOW_MS + 90_000 }) === UNCHANGED);
});

Deno.test("accept() takes the same body as new if X-Data-Age-Ms shows it beyond the jitter", () => {
  const taker = new Taker();
  taker.take(CSV, { data_age_ms: 10_000 });
  assert(taker.take(CSV, { answered_ms: NOW_MS + 1500, data_age_ms: 11_000 }) === UNCHANGED);
  taker.take(CSV, { answered_ms: NOW_MS + 3000, data_age_ms: 2000 });
  assertEquals([taker.id, taker.held!.snapshot.taken_ms], ["own-2", NOW_MS + 1000]);
});

Deno.test("accept() refuses no body for a time computed from an age", () => {
  const taker = new Taker();
  taker.take(CSV, { data_age_ms: 10_000 });
  taker.take(CSV.replace("2", "3"), { data_age_ms: 10_200 });
  assertEquals(taker.id, "own-2");
});

Deno.test("accept() takes a relay's older list after one of its sources came or went", () => {
  const taker = new Taker();
  taker.take(CSV, { etag: 'W/"a-5"', snapshot_ts: NOW_MS });
  taker.take(CSV, { etag: 'W/"a-5+b-1"', snapshot_ts: NOW_MS - 60_000 });
  assertEquals([taker.id, agesOf(taker.held!)[0]], ["a-5+b-1", 60_000]);
  const head = { etag: 'W/"a-4+b-1"', snapshot_ts: NOW_MS - 61_000 };
  assertEquals(taker.refuses(CSV, head), "older_snapshot");
});

Deno.test("accept() dates rows by the headers if their times cannot be read", () => {
  const csv = "timestamp,switch_id,m\nnoon,sw-0,1\n";
  const held = new Taker().take(csv, { snapshot_ts: NOW_MS - 5000 }) as Held;
  assertEquals([held.snapshot.time_source, held.snapshot.time_column], ["header", null]);
  assertEquals([agesOf(held)[0], held.row_times!.problem], [5000, "unreadable"]);
});
