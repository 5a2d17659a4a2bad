import { assert, assertEquals } from "@std/assert";
import { scenarioNamed } from "../../scenarios/mod.ts";
import { readSubjectFile } from "../../subject/mod.ts";
import { PLANTED } from "./defects.ts";

const here = (name: string) => `${import.meta.dirname}/${name}`;

Deno.test("every planted defect exists, and its scenario claims the measure that finds it", async () => {
  const cache = await Deno.readTextFile(here("cache.ts"));
  for (const { defect, scenario, by } of PLANTED) {
    assert(cache.includes(`has("${defect}")`), defect);
    const conditions = scenarioNamed(scenario)?.plan({ quick: true, seed: 1 }).conditions ?? [];
    assert(conditions.some(({ measure }) => measure === by), `${scenario} does not claim ${by}`);
  }
  assertEquals(new Set(PLANTED.map(({ defect }) => defect)).size, PLANTED.length);
});

Deno.test("the README's table of planted defects matches defects.ts", async () => {
  const readme = await Deno.readTextFile(here("README.md"));
  const rows = [...readme.matchAll(/^\| (.*?) +\| `([a-z-]+)` +\|/gm)].map(([, what, scenario]) => [
    what,
    scenario,
  ]);
  assertEquals(rows, PLANTED.map(({ what, scenario }) => [what, scenario]));
});

Deno.test("the planted cache's subject file is valid and sets no defect", async () => {
  assertEquals((await readSubjectFile(here("cache.json"))).env.DEFECT, "none");
});
