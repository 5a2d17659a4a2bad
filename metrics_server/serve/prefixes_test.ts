import { assertEquals } from "@std/assert";
import { Prefixes } from "./prefixes.ts";

const encoder = new TextEncoder();

function begins(id: string, prefixes: readonly string[]): boolean {
  const bytes = encoder.encode(`xx${id}yy`);
  return new Prefixes(prefixes).begin(bytes, 2, bytes.length - 2);
}

Deno.test("Prefixes tells of each id what startsWith() tells, whatever the prefixes have in common", () => {
  const texts = ["", "a", "ab", "abc", "abd", "b", "ba", "bab", "ö", "öa", "ö\u0000", "x", "aby"];
  for (const one of texts) {
    for (const two of texts) {
      for (const id of texts) {
        const expected = id.startsWith(one) || id.startsWith(two);
        assertEquals(begins(id, [one, two]), expected, JSON.stringify([id, one, two]));
      }
    }
  }
});

Deno.test("Prefixes looks at no byte beyond the id, and no id begins with none", () => {
  assertEquals(begins("ab", ["aby"]), false);
  assertEquals(begins("ab", []), false);
});

Deno.test("Prefixes may be as long as a query string that UTF-8 makes three times as long", () => {
  const long = "€".repeat(8192);
  assertEquals([begins(long, [long, "x"]), begins(long.slice(1), [long])], [true, false]);
});
