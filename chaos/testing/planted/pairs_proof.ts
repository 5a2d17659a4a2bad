/**
 * Part of `deno task chaos:proof`: explore finds each defect that needs two faults, and shrinks its
 * timeline to these two.
 */
import { assert } from "@std/assert";
import { nameOf } from "../../explore/mod.ts";
import { PAIRED } from "./paired_defects.ts";
import { explorePlanted, isPairOf } from "./pairs.ts";

for (const planted of PAIRED) {
  Deno.test(`explore finds a cache that ${planted.what}, and names both faults`, async () => {
    const { finding } = await explorePlanted(planted);
    assert(finding !== null, `not found in ${planted.runs} runs with seed ${planted.seed}`);
    const { smallest, outcome: { promise } } = finding;
    const by: readonly string[] = planted.by;
    assert(by.includes(promise), `${promise} was broken instead`);
    assert(isPairOf(smallest, planted.faults), smallest.faults.map(nameOf).join(" and "));
  });
}
