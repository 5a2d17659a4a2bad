import { assertEquals } from "@std/assert";
import { disturbanceNote, disturbed, startForeignLoad } from "./foreign_load.ts";

Deno.test("disturbed() doubts what was measured beside other programs, and says how much", () => {
  assertEquals(disturbed(0.05), []);
  assertEquals(disturbed(0.25), ["other programs took 25 % of the machine, more than 5 %"]);
});

Deno.test("disturbed() has no doubt where nothing is known", () => {
  assertEquals(disturbed(NaN), []);
});

Deno.test("startForeignLoad() gives the share of all cores, over the time that passed", () => {
  const times = { now: 1_000, foreign: 50_000 };
  const foreignShare = startForeignLoad({
    now_ms: () => times.now,
    foreign_ms: () => times.foreign,
    cores: 2,
  });
  times.now += 1_000;
  times.foreign += 500;
  assertEquals(foreignShare(), 0.25);
});

Deno.test("startForeignLoad() is never below 0, though a program that ends may take its time along", () => {
  const times = { now: 0, foreign: 100 };
  const foreignShare = startForeignLoad({
    now_ms: () => times.now,
    foreign_ms: () => times.foreign,
    cores: 1,
  });
  times.now = 10;
  times.foreign = 90;
  assertEquals(foreignShare(), 0);
});

Deno.test("disturbanceNote() tells the share, and what was left out where anything was", () => {
  assertEquals(disturbanceNote("X", 0.031, 0), "X: other programs took 3 % of the machine");
  assertEquals(
    disturbanceNote("X", 0, 2),
    "X: other programs took 0 % of the machine; 2 passes during which they took more were left out",
  );
});
