import { assert, assertEquals } from "@std/assert";
import { faultOf } from "../testing/journal.ts";
import { choices, drawValues, type FaultKind, steps, weakerValues } from "./drawing.ts";
import * as host from "./faults_host.ts";
import * as http from "./faults_http.ts";
import * as tcp from "./faults_tcp.ts";
import { effectsOf, FAULT_KINDS, latency, makeFault, refuse } from "./mod.ts";

Deno.test("every word for a fault has a kind that explore draws, and only one", () => {
  const words = [tcp, http, host].flatMap((file) => Object.values<unknown>(file))
    .filter((word): word is FaultKind["word"] => typeof word === "function");
  const drawn = FAULT_KINDS.map(({ word }) => word);
  assertEquals(words.filter((word) => !drawn.includes(word)).map(({ name }) => name), []);
  assertEquals(new Set(drawn).size, words.length);
});

for (const kind of FAULT_KINDS) {
  Deno.test(`${kind.kind}: the ends of its ranges are legal, and make a fault of this kind`, () => {
    for (const place of kind.places ?? [""]) {
      for (const share of [0, 0.5, 0.999999]) {
        const fault = faultOf(makeFault(kind.kind, place, drawValues(kind, place, () => share)));
        assertEquals(fault.kind, kind.kind);
      }
    }
  });
}

Deno.test("weaker values are the weakest and one half way to it; the weakest has none", () => {
  assertEquals(weakerValues(steps(10, 1_000), 1_000), [10, 100]);
  assertEquals(weakerValues(steps(10, 1_000), 32), [10]);
  assertEquals(weakerValues(steps(10, 1_000), 10), []);
  assertEquals(weakerValues(steps(100, 1), 1), [100, 10]);
  assertEquals(weakerValues(choices("a", "b", "c", "d"), "d"), ["a", "b"]);
  assertEquals(weakerValues(choices("a", "b"), "a"), []);
});

Deno.test("effects of a fault depend on its place and its values", () => {
  assertEquals(effectsOf(latency("source", { delay_ms: 200, jitter_ms: 50 })).delay_ms, 250);
  assert(effectsOf(latency("client", { delay_ms: 200 })).excuses.speed !== undefined);
  assert(effectsOf(refuse("source")).blocks);
  assert(effectsOf(refuse("store")).leaderless);
  assertEquals(effectsOf(refuse("store")).excuses, {});
});
