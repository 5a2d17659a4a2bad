import { assertEquals } from "@std/assert";
import { SHORT } from "../cli/testing/short_cli.ts";
import { scenarioNamed } from "../scenarios/mod.ts";
import { QUICK_QUIET_MS_MAX } from "./limits.ts";
import { calmFor, QUIET_LOOK_MS, untilQuiet } from "./quiet.ts";

/** A machine in virtual time: others take those parts of a core, one look after the other. */
function machine(shares: readonly number[], controller = new AbortController()) {
  let now_ms = 1000, cpu_ms = 5_000, look = 0;
  return {
    others_cpu_ms: () => cpu_ms,
    now: () => now_ms,
    signal: controller.signal,
    pause(wait_ms: number) {
      now_ms += wait_ms;
      cpu_ms += wait_ms * (shares[look++] ?? shares.at(-1)!);
      return Promise.resolve();
    },
  };
}

Deno.test("a calm machine is looked at once", async () => {
  assertEquals(await untilQuiet(3_000, machine([0.1])), QUIET_LOOK_MS);
});

Deno.test("a busy one is waited for until it is calm", async () => {
  assertEquals(await untilQuiet(3_000, machine([1.8, 0.9, 0.2])), 3 * QUIET_LOOK_MS);
});

Deno.test("one that stays busy is not waited for any longer than allowed", async () => {
  assertEquals(await untilQuiet(3_000, machine([1.8])), 3_000);
});

Deno.test("an interrupt and a system without /proc end the wait at once", async () => {
  const controller = new AbortController();
  controller.abort();
  assertEquals(await untilQuiet(3_000, machine([1.8], controller)), 0);
  assertEquals(await untilQuiet(3_000, { ...machine([1.8]), others_cpu_ms: () => null }), 0);
});

Deno.test("who claims no latency does not wait; a quick run waits less", async () => {
  assertEquals(await calmFor(SHORT.plan(), machine([1.8])), 0);
  const quick = scenarioNamed("outage")!.plan({ quick: true });
  assertEquals(await calmFor(quick, machine([1.8])), QUICK_QUIET_MS_MAX);
});
