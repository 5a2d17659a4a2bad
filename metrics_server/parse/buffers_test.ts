import { assert, assertEquals, assertFalse } from "@std/assert";
import { BufferPool, FREE_BUFFERS_MAX, FRESH_BUFFERS, LentBuffers } from "./buffers.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

Deno.test("FRESH_BUFFERS gives new memory of the requested size", () => {
  const buffer = FRESH_BUFFERS.take(10, "body");
  FRESH_BUFFERS.give(buffer);
  assertEquals(buffer.byteLength, 10);
  assert(FRESH_BUFFERS.take(10, "body") !== buffer);
});

Deno.test("BufferPool rounds new memory up, so that the buffer fits a longer body", () => {
  const pool = new BufferPool(75 * MIB);
  const sizes = [1, 64 * KIB, 64 * KIB + 1, 5 * MIB, 300 * MIB];
  const taken = sizes.map((bytes) => pool.take(bytes, "body").byteLength);
  assertEquals(taken, [64 * KIB, 64 * KIB, 256 * KIB, 75 * MIB, 318.75 * MIB]);
});

Deno.test("BufferPool takes the free buffer of the same use that was used least, but that far", () => {
  const pool = new BufferPool();
  const [small, large] = [pool.take(1000, "body"), pool.take(MIB, "body")];
  pool.give(large);
  pool.give(small);
  assert(pool.take(900, "cells") !== small, "another use");
  assert(pool.take(900, "body") === small);
  assert(pool.take(900, "body") === large, "however much too large");
  assert(pool.take(900, "body") !== large, "it is taken");
});

Deno.test("BufferPool lets the buffer grow that was used most, so that the others need not", () => {
  const pool = new BufferPool();
  const lengths = [5, 20, 9].map((mib) => mib * MIB);
  const [five, twenty, nine] = lengths.map((bytes) => pool.take(bytes, "body"));
  for (const buffer of [five, twenty, nine]) pool.give(buffer);
  assert(pool.take(30 * MIB, "body") === twenty);
  assert(pool.take(6 * MIB, "body") === nine);
  assert(pool.take(6 * MIB, "body") === five);
});

Deno.test("BufferPool never hands out one buffer twice, even if it was given back twice", () => {
  const pool = new BufferPool();
  const buffer = pool.take(1000, "body");
  pool.give(buffer);
  pool.give(buffer);
  assert(pool.take(1000, "body") === buffer);
  assert(pool.take(1000, "body") !== buffer);
});

Deno.test("BufferPool keeps a bounded number of buffers of each use", () => {
  const pool = new BufferPool();
  const taken = Array.from({ length: FREE_BUFFERS_MAX + 3 }, () => pool.take(1, "rows"));
  for (const buffer of taken) pool.give(buffer);
  const again = new Set(taken.map(() => pool.take(1, "rows")));
  assertEquals(taken.filter((buffer) => again.has(buffer)).length, FREE_BUFFERS_MAX);
});

Deno.test("BufferPool allocates no more than needed at once, whatever the order of sizes", () => {
  const made = new Set<SharedArrayBuffer>();
  const pool = new BufferPool();
  for (let round = 0; round < 200; round++) {
    const two = [0, 1].map((n) => pool.take((round * 7919 + n * 104729) % (50 * MIB), "body"));
    for (const buffer of two) {
      made.add(buffer);
      pool.give(buffer);
    }
  }
  // Each of the two grew through all five sizes once.
  assert(made.size <= 10, `${made.size} buffers`);
});

Deno.test("BufferPool replaces a free buffer that is too small, rather than keeping both", () => {
  const pool = new BufferPool();
  for (const bytes of [1, MIB, 4 * MIB]) pool.give(pool.take(bytes, "body"));
  assertEquals(pool.take(1, "body").byteLength, 4 * MIB);
});

Deno.test("BufferPool drops a buffer that 64 takes did not need", () => {
  const idleFor = (takes: number) => {
    const pool = new BufferPool();
    const large = pool.take(MIB, "body");
    pool.give(pool.take(1000, "body"));
    pool.give(large);
    for (let i = 0; i < takes; i++) pool.give(pool.take(1000, "body"));
    return pool.take(MIB, "body") === large;
  };
  assert(idleFor(63), "a buffer used now and then is kept");
  assertFalse(idleFor(64));
});

Deno.test("LentBuffers gives back all that was taken, except what is still used", () => {
  const pool = new BufferPool();
  const lent = new LentBuffers(pool);
  const [body, cells, ids] = (["body", "cells", "ids"] as const).map((use) => lent.take(9, use));
  lent.give(ids);
  lent.giveAll(new Set([body]));
  assert(pool.take(9, "cells") === cells && pool.take(9, "ids") === ids);
  assert(pool.take(9, "body") !== body);
  lent.giveAll();
  assert(pool.take(9, "body") === body, "the rest is given back later");
});
