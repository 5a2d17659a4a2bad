import { assertEquals } from "@std/assert";
import { COUNTER64_MAX, Counters64 } from "./counter64.ts";
import { UINT64_DIGITS_MAX } from "./cells.ts";
import { Sfc32 } from "./random.ts";

function digits(counters: Counters64, index: number): string {
  const bytes = new Uint8Array(UINT64_DIGITS_MAX);
  return new TextDecoder().decode(bytes.subarray(0, counters.write(index, bytes, 0)));
}

Deno.test("Counters64 keeps each counter exactly, as BigInt arithmetic does", () => {
  const random = new Sfc32(6, 0);
  const counters = new Counters64(3);
  const expected = [0n, 2n ** 53n, 10n ** 10n - 1n];
  expected.forEach((value, index) => counters.set(index, value));
  for (let i = 0; i < 5_000; i++) {
    const amount = random.uint32();
    counters.add(i % 3, amount);
    expected[i % 3] += BigInt(amount);
  }
  expected.forEach((value, index) => {
    assertEquals(counters.get(index), value);
    assertEquals(digits(counters, index), String(value));
  });
});

Deno.test("Counters64 adds one at 2^53 and at the border of its two parts", () => {
  const counters = new Counters64(2);
  counters.set(0, 2n ** 53n);
  counters.set(1, 10n ** 10n - 1n);
  counters.add(0, 1);
  counters.add(1, 1);
  assertEquals(digits(counters, 0), "9007199254740993");
  assertEquals(digits(counters, 1), "10000000000");
});

Deno.test("Counters64 reaches 2^64 − 1 and holds there", () => {
  const starts = [COUNTER64_MAX, COUNTER64_MAX - 1n, COUNTER64_MAX - 10n ** 10n];
  const counters = new Counters64(starts.length);
  starts.forEach((value, index) => counters.set(index, value));
  counters.add(1, 1);
  counters.add(2, 10_000_000_000);
  for (let index = 0; index < starts.length; index++) {
    assertEquals(digits(counters, index), "18446744073709551615", `counter ${index} before`);
    counters.add(index, 9_999_999_999);
    assertEquals(digits(counters, index), "18446744073709551615", `counter ${index} after`);
  }
});
