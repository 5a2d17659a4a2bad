import { assertEquals } from "@std/assert";
import { ageBound, ageOf, readMaxAge } from "./data_response.ts";

Deno.test("ageOf() returns whole milliseconds, rounded down, never below zero", () => {
  assertEquals([ageOf(1000, 1820.9), ageOf(1000, 1000), ageOf(2000, 1000)], [820, 0, 0]);
});

Deno.test("ageBound() returns the smaller bound and its name", () => {
  assertEquals(ageBound(5, 10), { max_ms: 5, bound: "max_age_ms" });
  assertEquals(ageBound(10, 5), { max_ms: 5, bound: "MAX_STALE_MS" });
  assertEquals(ageBound(Infinity, Infinity).max_ms, Infinity);
});

Deno.test("readMaxAge() accepts digits only", () => {
  assertEquals([readMaxAge(null), readMaxAge("0"), readMaxAge("5000")], [Infinity, 0, 5000]);
  for (const bad of ["", "-1", "1.5", "1e3", " 1", "0x1", "9".repeat(16)]) {
    assertEquals(readMaxAge(bad), null, `of ${JSON.stringify(bad)}`);
  }
});
