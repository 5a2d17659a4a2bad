import { assert, assertEquals } from "@std/assert";
import { scenarioNamed } from "../../scenarios/mod.ts";
import { readSubjectFile } from "../../subject/mod.ts";
import { PLANTED } from "./defects.ts";

const here = (name: string) => `${import.meta.dirname}/${name}`;

Deno.test("every planted defect is one the cache has, and its scenario claims what finds it", async () => {
  const cache = await Deno.readTextFile(here("cache.ts"));
  for (const { defect, scenario, by } of PLANTED) {
    assert(cache.includes(`has("${defect}")`), defect);
    const conditions = scenarioNamed(scenario)?.plan({ quick: true, seed: 1 }).conditions ?? [];
    assert(conditions.some(({ measure }) => measure === by), `${scenario} does not claim ${by}`);
  }
  assertEquals(new Set(PLANTED.map(({ defect }) => defect)).size, PLANTED.length);
});

Deno.test("the README's table of planted defects has what defects.ts has", async () => {
  const readme = await Deno.readTextFile(here("README.md"));
  const rows = [...readme.matchAll(/^\| (.*?) +\| `([a-z-]+)` +\|/gm)].map(([, what, scenario]) => [
    what,
    scenario,
  ]);
  assertEquals(rows, PLANTED.map(({ what, scenario }) => [what, scenario]));
});

Deno.test("the planted cache's subject file can be read and has no defect", async () => {
  assertEquals((await readSubjectFile(here("cache.json"))).env.DEFECT, "none");
});
