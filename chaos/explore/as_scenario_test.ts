import { assert, assertEquals } from "@std/assert";
// The files import it; what it opens once per program must be open before a test.
import "../mod.ts";
import type { Scenario } from "../vocabulary/mod.ts";
import { scenarioOf, scenarioText } from "./as_scenario.ts";
import { drawTimeline } from "./draw.ts";

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

Deno.test("the short version of a drawn scenario has the drawn times", () => {
  for (const seed of SEEDS) {
    const drawn = drawTimeline(seed);
    const { faults, quick } = scenarioOf(drawn).plan({ quick: true, seed });
    assert(quick);
    for (const [i, { at_ms, for_ms }] of drawn.faults.entries()) {
      assert(Math.abs(faults[i].at_ms - at_ms) <= 1 && Math.abs(faults[i].for_ms - for_ms) <= 2);
    }
  }
});

Deno.test("a scenario's file is the scenario that was run", async () => {
  const chaos = new URL("..", import.meta.url).href.replace(/\/$/, "");
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  for (const seed of [...SEEDS.slice(0, 3), 27]) {
    const drawn = drawTimeline(seed);
    const text = scenarioText(drawn, { text: "broken in 5 of 5 runs: */ no", chaos });
    await Deno.writeTextFile(path, text);
    const { DRAWN } = await import(`file://${path}?${seed}`) as { DRAWN: Scenario[] };
    assertEquals(DRAWN.length, 1);
    for (const quick of [false, true]) {
      assertEquals(DRAWN[0].plan({ quick, seed }), scenarioOf(drawn).plan({ quick, seed }));
    }
    assert(text.includes(`--seed ${seed}\``) && text.includes("5 of 5 runs"));
  }
  await Deno.remove(path);
});
