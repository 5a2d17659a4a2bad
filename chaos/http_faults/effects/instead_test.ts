import { assertAlmostEquals, assertEquals } from "@std/assert";
import { seededRandom } from "../../vocabulary/mod.ts";
import { headerOf } from "../answer.ts";
import { text } from "../testing/bytes.ts";
import { htmlEffect, statusEffect } from "./instead.ts";

const PARAMS = { status: 503, share: 1, burst: 1, first_n: 0, retry_after_s: 0 };

function hits(count: number, params: Partial<typeof PARAMS>, seed = 1): boolean[] {
  const effect = statusEffect({ ...PARAMS, ...params }, seededRandom(seed));
  return Array.from({ length: count }, () => effect.instead!() !== null);
}

Deno.test("statusEffect answers with its status, and with Retry-After where it has one", () => {
  const plain = statusEffect(PARAMS, Math.random).instead!()!;
  assertEquals([plain.status, headerOf(plain.headers, "retry-after")], [503, null]);
  const later = statusEffect({ ...PARAMS, retry_after_s: 7 }, Math.random).instead!()!;
  assertEquals(headerOf(later.headers, "retry-after"), "7");
});

Deno.test("statusEffect spoils the first so many and then none", () => {
  assertEquals(hits(5, { first_n: 2, share: 1 }), [true, true, false, false, false]);
});

for (const [share, burst] of [[0.3, 1], [0.3, 5], [0.8, 10]]) {
  Deno.test(`statusEffect spoils a share of ${share}, in runs of ${burst}`, () => {
    const spoiled = hits(100_000, { share, burst }, 7);
    assertAlmostEquals(spoiled.filter(Boolean).length / spoiled.length, share, 0.02);
    const runs = spoiled.map((hit) => hit ? "x" : ".").join("").split(/\.+/).slice(1, -1);
    assertEquals(runs.every(({ length }) => length % burst === 0), true);
  });
}

Deno.test("statusEffect spoils the same answers with the same seed", () => {
  assertEquals(hits(100, { share: 0.5 }, 3), hits(100, { share: 0.5 }, 3));
  assertEquals(`${hits(100, { share: 0.5 }, 3)}` === `${hits(100, { share: 0.5 }, 4)}`, false);
});

Deno.test("htmlEffect is a page with status 200", () => {
  const { status, headers, body } = htmlEffect().instead!()!;
  assertEquals(status, 200);
  assertEquals(headerOf(headers, "content-type"), "text/html; charset=utf-8");
  assertEquals(text(body)!.startsWith("<!doctype html>"), true);
});
