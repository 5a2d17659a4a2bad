/** Rates of counters, from the bodies of two polls to the rate's token. */
import { assertEquals } from "@std/assert";
import { Snapshot } from "../snapshot/mod.ts";
import { adopt, type Held } from "./accept.ts";
import { arrived, NOW_MS, rulesOf, Taker } from "./testing/taker.ts";

const RATE = "rate(packet_errors)";
const WRAP_64 = 2n ** 64n;

const body = (value: unknown, column = "packet_errors") => `switch_id,${column}\nsw-0,${value}\n`;

/** The rate after two bodies 10 s apart. */
function rateOf(then: unknown, now: unknown, column = "packet_errors"): string {
  const taker = new Taker();
  taker.take(body(then, column), { snapshot_ts: NOW_MS - 20_000 });
  taker.take(body(now, column), { snapshot_ts: NOW_MS - 10_000 });
  return taker.read("sw-0", `rate(${column})`);
}

Deno.test("A rate is the exact difference per second, also beyond 2^53", () => {
  assertEquals(rateOf(980, 1000), "2");
  assertEquals(rateOf(7, 7), "0");
  assertEquals(rateOf(2n ** 53n + 1n, 2n ** 53n + 2n), "0.1");
  assertEquals(rateOf(WRAP_64 - 12n, WRAP_64 - 2n), "1");
  assertEquals(rateOf(9_999_999_999n, 10_000_000_000n), "0.1");
  assertEquals(rateOf(0, "10000000000000000"), "1000000000000000");
  assertEquals(rateOf('"5"', " 6 "), "0.1", "quotes and spaces");
  assertEquals(rateOf(1.5, 2.5), "0.1", "decimals");
});

Deno.test("A rate is null after a reset, and for a value that is missing or text", () => {
  for (const [then, now] of [[1000, 3], [WRAP_64 / 2n, 3], ["", 3], [3, "N/A"], [3, "x"]]) {
    assertEquals(rateOf(then, now), "null", `${then} to ${now}`);
  }
});

Deno.test("A wrap at 2^64 counts if the growth is plausible", () => {
  assertEquals(rateOf(WRAP_64 - 8n, 12), "2");
  assertEquals(rateOf(WRAP_64 - 10n ** 13n, 0), "1000000000000");
  assertEquals(rateOf(WRAP_64 - 10n ** 13n - 100n, 0), "null");
});

Deno.test("A rate is null from and to a saturated value, of 32 bits for UFM's narrow counters", () => {
  assertEquals(rateOf(WRAP_64 - 1n, WRAP_64 - 1n), "null");
  assertEquals(rateOf(WRAP_64 - 5n, WRAP_64 - 1n), "null");
  assertEquals(rateOf(WRAP_64 - 1n, 4), "null");
  assertEquals(rateOf(2 ** 32 - 1, 2 ** 32 - 1, "PortXmitData"), "null");
  assertEquals(rateOf(2 ** 32 - 1, 2 ** 32 - 1, "PortXmitDataExtended"), "0");
  assertEquals(rateOf(2 ** 32 - 10, 5, "PortXmitData"), "null", "it stops instead of wrapping");
});

Deno.test("A rate is null at the first snapshot and for a new row", () => {
  const taker = new Taker();
  taker.take(body(1), { snapshot_ts: NOW_MS - 20_000 });
  assertEquals(taker.read("sw-0", RATE), "null");
  taker.take(`${body(11)}sw-1,5\n`, { snapshot_ts: NOW_MS - 10_000 });
  assertEquals([taker.read("sw-0", RATE), taker.read("sw-1", RATE)], ["1", "null"]);
});

Deno.test("Rows and columns are matched by name if they moved", () => {
  const taker = new Taker();
  taker.take("switch_id,packet_errors\na,100\nb,200\n", { snapshot_ts: NOW_MS - 20_000 });
  taker.take("x,packet_errors,switch_id\n1,230,b\n1,110,a\n", { snapshot_ts: NOW_MS - 10_000 });
  assertEquals([taker.read("a", RATE), taker.read("b", RATE)], ["1", "3"]);
  taker.take("x,switch_id\n1,b\n1,a\n", { snapshot_ts: NOW_MS - 5_000 });
  taker.take("x,packet_errors,switch_id\n1,230,b\n1,110,a\n", { snapshot_ts: NOW_MS });
  assertEquals(taker.read("a", RATE), "null", "a column that was not there before");
});

Deno.test("Rows with times of their own have rates between those times", () => {
  const rows = (...times_s: (number | string)[]) =>
    times_s.map((time, row) => `sw-${row},${time},${row + 1}00\n`).join("");
  const taker = new Taker();
  const header = "switch_id,timestamp,packet_errors\n";
  const start_s = NOW_MS / 1000 - 100;
  taker.take(header + rows(start_s, start_s, start_s, ""), {});
  const grown = rows(start_s + 10, start_s, start_s - 1, "").replaceAll("00\n", "40\n");
  taker.take(header + grown, {});
  const rates = [0, 1, 2, 3].map((row) => taker.read(`sw-${row}`, RATE));
  // No time passed, or it went back: not known. A row without times is as old as its snapshot.
  assertEquals(rates, ["4", "null", "null", "4"]);
});

Deno.test("Snapshots of one time are rated from the last one with another time", () => {
  const taker = new Taker();
  taker.take(body(100), { snapshot_ts: NOW_MS - 20_000, etag: '"a-1"' });
  taker.take(body(110), { snapshot_ts: NOW_MS - 10_000, etag: '"a-2"' });
  taker.take(body(120), { snapshot_ts: NOW_MS - 10_000, etag: '"a-3"' });
  assertEquals(taker.read("sw-0", RATE), "2");
});

Deno.test("Times of two kinds give no rate, nor does a time that went back", () => {
  const taker = new Taker();
  taker.take(body(100), { answered_ms: NOW_MS - 20_000 });
  taker.take(body(110), { answered_ms: NOW_MS - 10_000 });
  assertEquals(taker.read("sw-0", RATE), "1", "between two fetches");
  taker.take(body(120), { snapshot_ts: NOW_MS - 5_000, etag: '"boot1-1"' });
  assertEquals(taker.read("sw-0", RATE), "null");
  taker.take(body(130), { snapshot_ts: NOW_MS - 6_000, etag: '"boot2-1"' });
  assertEquals(taker.read("sw-0", RATE), "null");
});

Deno.test("A follower has the leader's rates if it adopted both snapshots, else null", () => {
  const leader = new Taker();
  const values = [100, 130];
  const held = values.map((value, n) => {
    leader.take(body(value), { answered_ms: NOW_MS + n * 10_000 });
    return leader.held!;
  });
  const rules = rulesOf();
  const follow = (...adopted: number[]) =>
    adopted.reduce<Held | null>(
      (before, n) =>
        adopt(
          arrived(body(values[n]), { times: held[n].times }),
          held[n].snapshot.id,
          before,
          null,
          rules,
        ),
      null,
    )!;
  const rateIn = ({ snapshot: data }: Held) => {
    const snapshot = new Snapshot(data);
    return snapshot.named(snapshot.row("sw-0"), RATE);
  };
  assertEquals([rateIn(leader.held!), rateIn(follow(0, 1)), rateIn(follow(1))], ["3", "3", "null"]);
});

Deno.test("A snapshot keeps the one before only if it has counters", () => {
  const taker = new Taker();
  for (const value of [5, 4]) taker.take(body(value, "fan_rpm"), { etag: `"a-${value}"` });
  assertEquals(taker.held!.snapshot.earlier, null);
  const counting = new Taker();
  for (const value of [5, 6, 7]) counting.take(body(value), { answered_ms: NOW_MS + value });
  assertEquals("earlier" in counting.held!.snapshot.earlier!, false, "not the whole history");
});
