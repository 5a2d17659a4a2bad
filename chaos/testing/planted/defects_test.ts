import { assert, assertEquals } from "@std/assert";
import { scenarioNamed } from "../../scenarios/mod.ts";
import { readSubjectFile } from "../../subject/mod.ts";
import { type DrawnTimeline, nameOf } from "../../explore/mod.ts";
import { FAULT_KINDS } from "../../vocabulary/mod.ts";
import { PLANTED } from "./defects.ts";
import { PAIRED } from "./paired_defects.ts";
import { explorePlanted, isPairOf } from "./pairs.ts";

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

Deno.test("every defect that needs two faults exists, and its kinds of faults can be drawn", async () => {
  const cache = await Deno.readTextFile(here("cache.ts"));
  const drawn = FAULT_KINDS.flatMap(({ kind, places = [""] }) =>
    places.map((place) => nameOf({ kind, place }))
  );
  for (const { defect, faults } of PAIRED) {
    assert(cache.includes(`has("${defect}")`), defect);
    for (const name of faults.flat()) assert(drawn.includes(name), name);
  }
});

Deno.test("a runner that breaks under such a pair: explore names the two faults alone", async () => {
  for (const planted of PAIRED) {
    const run = (timeline: DrawnTimeline) => {
      const names = timeline.faults.map(nameOf);
      const [first, second] = planted.faults.map((list: readonly string[]) =>
        names.filter((name) => list.includes(name))
      );
      const is_broken = first.some((a) => second.some((b) => a !== b));
      const verdict = is_broken ? "broken" as const : "held" as const;
      return Promise.resolve({ verdict, promise: "metastable", sentence: "", dir: "" });
    };
    const { finding } = await explorePlanted(planted, run);
    assert(finding !== null && isPairOf(finding.smallest, planted.faults), planted.defect);
  }
});

Deno.test("the planted cache's subject file is valid and sets no defect", async () => {
  assertEquals((await readSubjectFile(here("cache.json"))).env.DEFECT, "none");
});
