import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ParseError } from "../parse/mod.ts";
import { UNCHANGED } from "./accept.ts";
import { PollError } from "./poll_error.ts";
import { arrived, CSV, NOW_MS, Taker } from "./testing/taker.ts";

/** Consistent refusals before a doubted body is believed. */
const DOUBTED_MAX = 3;

Deno.test("accept() believes a clock that was set back after its time ran on three times", () => {
  const taker = new Taker();
  taker.take(CSV, { snapshot_ts: NOW_MS });
  const older = (n: number) => ({ snapshot_ts: NOW_MS - 3_600_000 + n * 1500 });
  for (let n = 0; n < DOUBTED_MAX; n++) {
    assertEquals(taker.refuses(CSV.replace("2", `2${n}`), older(n)), "older_snapshot");
  }
  taker.take(CSV.replace("2", "29"), older(DOUBTED_MAX));
  assertEquals(taker.read("sw-1"), "29");
});

Deno.test("accept() never believes a stale replica that repeats one time", () => {
  const taker = new Taker();
  taker.take(CSV, { snapshot_ts: NOW_MS });
  for (let n = 0; n < 10; n++) {
    const stale = CSV.replace("2", "3");
    assertEquals(taker.refuses(stale, { snapshot_ts: NOW_MS - 1500 }), "older_snapshot");
  }
});

Deno.test("accept() refuses a body without its usual last line end, until it persists", () => {
  const taker = new Taker();
  taker.take(CSV);
  const cut = "switch_id,m\nsw-0,5\nsw-1,6";
  const end_known = false;
  for (let n = 0; n < DOUBTED_MAX; n++) {
    assertEquals(taker.refuses(cut, { end_known }), "truncated");
  }
  taker.take(cut, { end_known });
  assertEquals(taker.read("sw-1"), "6");
});

Deno.test("accept() finally believes a source that raises both doubts at once", () => {
  const taker = new Taker();
  taker.take(CSV, { snapshot_ts: NOW_MS });
  const answer = (n: number): [string, Parameters<typeof arrived>[1]] => {
    const snapshot_ts = NOW_MS - 365 * 86_400_000 + n * 1500;
    return [`switch_id,m\nsw-0,${n}\nsw-1,${n}`, { snapshot_ts, end_known: false }];
  };
  const causes = Array.from({ length: 2 * DOUBTED_MAX }, (_, n) => taker.refuses(...answer(n)));
  assertEquals(causes, [
    ...Array(DOUBTED_MAX).fill("truncated"),
    ...Array(DOUBTED_MAX).fill("older_snapshot"),
  ]);
  taker.take(...answer(2 * DOUBTED_MAX));
  assertEquals(taker.read("sw-0"), `${2 * DOUBTED_MAX}`);
});

/** Rows `sw-0` to `sw-<rows - 1>` without a last line end. */
const unended = (rows: number, n = 0) =>
  `switch_id,text,m${Array.from({ length: rows }, (_, i) => `\nsw-${i},some text,${n}`).join("")}`;
const end_known = false;

Deno.test("accept() takes bodies without a last line end whose number of rows changes", () => {
  const taker = new Taker();
  for (const rows of [5, 7, 6]) {
    assertEquals(taker.refuses(unended(rows), { end_known }), "truncated");
  }
  taker.take(unended(9), { end_known });
  taker.take(unended(12), { end_known });
  assertEquals(taker.held!.snapshot.table.rows, 12);
});

Deno.test("accept() doubts a body without a last line end that lacks the last rows", () => {
  const taker = new Taker();
  for (let n = 0; n < DOUBTED_MAX; n++) taker.refuses(unended(9), { end_known });
  taker.take(unended(9), { end_known });
  assertEquals(taker.refuses(unended(8, 1), { end_known }), "truncated");
  taker.take(unended(9, 2).replace("sw-3,", "sw-2,"), { end_known });
  assertEquals(taker.held!.snapshot.table.rows, 8, "a row is gone, but not the last one");
});

Deno.test("accept() never believes bodies cut at one length if whole ones ended with a line end", () => {
  const taker = new Taker();
  taker.take(`${unended(9)}\n`, { end_known });
  for (let n = 0; n < 2 * DOUBTED_MAX; n++) {
    assertEquals(taker.refuses(unended(7, n), { end_known }), "truncated");
  }
});

Deno.test("accept() takes a body without its usual last line end if its end was announced", () => {
  const taker = new Taker();
  taker.take(CSV);
  taker.take("switch_id,m\nsw-0,5\nsw-1,6", { end_known: true });
  assertEquals(taker.read("sw-1"), "6");
});

Deno.test("accept() takes a first body without a last line end only if its end was announced", () => {
  const csv = CSV.trimEnd();
  assertEquals(new Taker().refuses(csv, { end_known: false }), "truncated");
  assertNotEquals(new Taker().take(csv, { end_known: true }), UNCHANGED);
});

Deno.test("accept() takes no body cut anywhere but at a line end", () => {
  const body = "switch_id,m,n\nsw-0,11,12\nsw-1,21,22\nsw-2,31,32\n";
  const whole = "switch_id,m,n\nsw-0,1,2\nsw-1,3,4\nsw-2,5,6\n";
  for (let length = 0; length < body.length; length++) {
    const cut = body.slice(0, length);
    const taker = new Taker();
    taker.take(whole);
    const at_line_end = cut.endsWith("\n") && cut.split("\n").length > 2;
    let taken = true;
    try {
      taker.take(cut, { end_known: false });
    } catch (error) {
      assert(error instanceof ParseError || error instanceof PollError, String(error));
      taken = false;
    }
    assertEquals(taken, at_line_end, JSON.stringify(cut));
  }
});
