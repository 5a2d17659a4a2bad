import {
  assert,
  assertEquals,
  assertFalse,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { BufferPool, FREE_BUFFERS_MAX, FRESH_BUFFERS } from "./buffers.ts";

Deno.test("FRESH_BUFFERS gives new memory of the requested size", () => {
  const buffer = FRESH_BUFFERS.take(10);
  FRESH_BUFFERS.give(buffer);
  assertEquals(buffer.byteLength, 10);
  assertNotStrictEquals(FRESH_BUFFERS.take(10), buffer);
});

Deno.test("BufferPool adds slack in whole words and reuses the buffer for a similar need", () => {
  const pool = new BufferPool();
  const buffer = pool.take(1001);
  assert(buffer.byteLength > 1001 && buffer.byteLength % 8 === 0);
  pool.give(buffer);
  assertStrictEquals(pool.take(1020), buffer);
  assertNotStrictEquals(pool.take(1020), buffer, "it is taken");
});

Deno.test("BufferPool takes the smallest buffer that fits, and none far too large", () => {
  const pool = new BufferPool();
  const [small, large] = [pool.take(1000), pool.take(4000)];
  pool.give(large);
  pool.give(small);
  assertStrictEquals(pool.take(900), small);
  assertNotStrictEquals(pool.take(900), large, "four times as large as needed");
  assertStrictEquals(pool.take(3000), large);
});

Deno.test("BufferPool keeps the buffers given back last, whatever their size", () => {
  const pool = new BufferPool();
  const large = pool.take(1_000_000);
  pool.give(large);
  for (let n = 0; n < FREE_BUFFERS_MAX; n++) {
    pool.take(10);
    pool.give(new SharedArrayBuffer(1000 * (n + 1)));
  }
  assert(pool.take(1_000_000) !== large);
  assertEquals(pool.take(1000).byteLength, 1000);
});

Deno.test("BufferPool never hands out one buffer twice, even if it was given back twice", () => {
  const pool = new BufferPool();
  const buffer = pool.take(1000);
  pool.give(buffer);
  pool.give(buffer);
  assertStrictEquals(pool.take(1000), buffer);
  assertNotStrictEquals(pool.take(1000), buffer);
});

Deno.test("BufferPool drops a buffer unused for 24 takes", () => {
  const idleFor = (takes: number) => {
    const pool = new BufferPool();
    const large = pool.take(100_000);
    pool.give(large);
    for (let i = 0; i < takes; i++) pool.give(pool.take(1000));
    return pool.take(100_000) === large;
  };
  assert(idleFor(23), "a buffer used now and then is kept");
  assertFalse(idleFor(24));
});
