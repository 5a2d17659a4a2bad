import { assertEquals } from "@std/assert";
import { disturbed, startForeignLoad } from "./foreign_load.ts";

Deno.test("disturbed() doubts what was measured beside other programs, and says how much", () => {
  assertEquals(disturbed(0.05), []);
  assertEquals(disturbed(0.25), ["other programs took 25 % of the machine, more than 5 %"]);
});

Deno.test("disturbed() has no doubt where nothing is known", () => {
  assertEquals(disturbed(NaN), []);
});

Deno.test("startForeignLoad() takes own work off the machine's, over all cores", () => {
  const times = { now: 1_000, machine: 50_000, own: 20_000 };
  const foreignShare = startForeignLoad({
    now_ms: () => times.now,
    machine_ms: () => times.machine,
    own_ms: () => times.own,
    cores: 2,
  });
  times.now += 1_000;
  times.machine += 1_700;
  times.own += 1_200;
  assertEquals(foreignShare(), 0.25);
});

Deno.test("startForeignLoad() is never below 0, though both times are counted in ticks", () => {
  const times = { now: 0, own: 0 };
  const foreignShare = startForeignLoad({
    now_ms: () => times.now,
    machine_ms: () => 0,
    own_ms: () => times.own,
    cores: 1,
  });
  times.now = times.own = 10;
  assertEquals(foreignShare(), 0);
});
