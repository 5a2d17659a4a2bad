import { assert, assertEquals } from "@std/assert";
import { QUICK_VERIFY_MS, WARM_UP_MS } from "../run/limits.ts";
import { settleTime } from "../vocabulary/mod.ts";
import { CI_SCENARIOS, scenarioNamed, SCENARIOS } from "./mod.ts";

/** Files of this folder that define no scenarios. */
const OTHER_FILES = ["drawn.ts", "drawn_test.ts", "mod.ts", "promises.ts", "scenarios_test.ts"];
/** Time to start everything, in milliseconds, beside the phases with a length. */
const START_MS = 1_500;
const QUICK_MS_MAX = 20_000;
const FULL_MS_MAX = 60_000;
const CI_MS_MAX = 340_000;

function lengthOf(scenario: typeof SCENARIOS[number], quick: boolean): number {
  const plan = scenario.plan({ quick });
  const faults_ms = Math.max(...plan.faults.map(({ at_ms, for_ms }) => at_ms + for_ms));
  return START_MS + WARM_UP_MS + plan.baseline_ms + faults_ms + plan.recover.within_ms +
    settleTime(plan.settings) + QUICK_VERIFY_MS;
}

Deno.test("every scenario a file of this folder exports is in the list, under a name of its own", async () => {
  const defined: string[] = [];
  for await (const { name } of Deno.readDir(new URL(".", import.meta.url))) {
    if (OTHER_FILES.includes(name)) continue;
    const groups = Object.values<typeof SCENARIOS>(await import(`./${name}`));
    defined.push(...groups.flat().map((scenario) => scenario.name));
  }
  assertEquals(defined.toSorted(), SCENARIOS.map(({ name }) => name).toSorted());
  assertEquals(new Set(defined).size, defined.length);
});

Deno.test("there are at least 20 scenarios, for every layer and both hops", () => {
  assert(SCENARIOS.length >= 20, `${SCENARIOS.length}`);
  const faults = SCENARIOS.flatMap((one) => one.plan().faults.map(({ fault }) => fault));
  assertEquals(new Set(faults.map(({ layer }) => layer)).size, 5);
  assert(faults.some(({ hop }) => hop === "client") && faults.some(({ hop }) => hop === "source"));
});

for (const scenario of SCENARIOS) {
  Deno.test(`${scenario.name}: its plan has conditions, fits its time and is plain data`, () => {
    for (const quick of [false, true]) {
      const plan = scenario.plan({ quick, seed: 7 });
      assertEquals(JSON.parse(JSON.stringify(plan)), plan);
      assert(plan.conditions.length >= 3, "says too little");
      for (const { because, bound } of plan.conditions) {
        assert(because.length > 0 && Number.isFinite(bound), because);
      }
      const length_ms = lengthOf(scenario, quick);
      const max_ms = quick ? QUICK_MS_MAX : FULL_MS_MAX;
      assert(length_ms <= max_ms, `takes ${length_ms} ms${quick ? " (quick)" : ""}`);
      assertEquals(scenario.plan({ quick, seed: 7 }), plan, "the seed decides everything");
    }
  });
}

Deno.test("CI's set has the main scenarios and takes less than six minutes", () => {
  const names = CI_SCENARIOS.map(({ name }) => name);
  for (const name of ["outage", "latency", "resets", "storm", "corrupt", "too-old"]) {
    assert(names.includes(name), name);
  }
  const length_ms = CI_SCENARIOS.reduce((sum, one) => sum + lengthOf(one, true), 0);
  assert(length_ms <= CI_MS_MAX, `${length_ms} ms`);
});

Deno.test("every task chaos:… of deno.json runs a scenario that exists", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const run = Object.values<{ command: string }>(tasks)
    .flatMap(({ command }) => command.match(/chaos\/cli\/main\.ts run (\S+)/)?.[1] ?? []);
  assertEquals(run.length, 4);
  for (const name of run) assert(scenarioNamed(name) !== undefined, name);
});
