import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readLedger } from "../explore/mod.ts";
import { EXIT_CODES, judgeRun, type Verdict } from "../judge/mod.ts";
import { claim, simulate } from "../testing/journal.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import { readArguments, UsageError } from "./arguments.ts";
import { exploreCommand, type RunOne } from "./explore_command.ts";
import { findScenarios } from "./scenario_files.ts";
import { fakeSystem } from "./testing/fake_system.ts";

const RECORDS = simulate({ conditions: [claim("metastable", 0)] });
const JUDGED = judgeRun(RECORDS);

/** Runs nothing: the plan decides the verdict. */
function labOf(verdictOf: (plan: ScenarioPlan) => Verdict) {
  const plans: ScenarioPlan[] = [];
  const runOne: RunOne = (plan) => {
    plans.push(plan);
    const verdict = verdictOf(plan);
    const conditions = verdict === "broken"
      ? JUDGED.conditions.map((one) => ({ ...one, verdict: "broken" as const }))
      : JUDGED.conditions;
    const judgement = { ...JUDGED, verdict, exit_code: EXIT_CODES[verdict], conditions };
    return Promise.resolve({ run_id: plan.name, records: RECORDS, judgement });
  };
  return { runOne, plans };
}

/** Explores without a lab; files stay in memory. */
async function exploreWith(
  words: string,
  verdictOf: (plan: ScenarioPlan) => Verdict,
  files = new Map<string, string>(),
) {
  const parsed = readArguments(words.split(" "));
  assert(parsed.command === "explore");
  const { system, printed } = fakeSystem();
  const { runOne, plans } = labOf(verdictOf);
  const code = await exploreCommand(parsed.limits, parsed.flags, {
    ...system,
    readFile: (path) => Promise.resolve(files.get(path) ?? null),
    writeFile: (path, text) => Promise.resolve(void files.set(path, text)),
  }, runOne);
  return { code, plans, files, printed: printed() };
}

Deno.test("explore runs short drawn scenarios, prints each in one line, and exits with 0", async () => {
  const { code, plans, printed } = await exploreWith("explore --runs 3 --seed 5", () => "held");
  assertEquals(code, 0);
  assertEquals(plans.map(({ quick }) => quick), [true, true, true]);
  assertEquals(plans[0].name, "drawn-5");
  assertEquals(printed.match(/^ +\d+ {2}✓ held +seed \d+ +\w+\(/gm)?.length, 3, printed);
  assertMatch(printed, /^explore: seed 5, /);
  assertMatch(printed, /tried in 3 runs/);
});

Deno.test("the worst run sets the exit code", async () => {
  const inconclusive = await exploreWith("explore --runs 1", () => "inconclusive");
  assertEquals(inconclusive.code, 2);
  const failed = await exploreWith("explore --runs 1", () => "rollback failed");
  assertEquals(failed.code, 3);
});

Deno.test("a broken run is repeated, shrunk, and kept as a scenario that can be run", async () => {
  const out = await Deno.makeTempDir({ prefix: "chaos-test-" });
  const { code, files, printed } = await exploreWith(
    `explore --runs 40 --seed 2 --out ${out}`,
    ({ faults }) => faults.some(({ fault }) => fault.kind === "resource.cpu") ? "broken" : "held",
  );
  assertEquals(code, 1);
  assertMatch(
    printed,
    /broken in 5 of 5 runs, shrunk in \d+ tries: cpu\(\{ workers: 1, share: 0.2 \}\) 0–/,
  );
  const [path, text] = [...files].find(([path]) => path.endsWith("/scenario.ts"))!;
  await Deno.writeTextFile(path, text);
  const [found] = await findScenarios([path], []);
  assertEquals(found.plan().faults.map(({ fault }) => fault.kind), ["resource.cpu"]);
  await Deno.remove(out, { recursive: true });
});

Deno.test("the ledger grows by each run; without --seed, draws depend on it", async () => {
  const files = new Map<string, string>();
  const first = await exploreWith("explore --runs 5", () => "held", files);
  const second = await exploreWith("explore --runs 5", () => "held", files);
  const ledger = readLedger(files.get("out/explore/ledger.ndjson") ?? "");
  assertEquals(ledger.length, 10);
  assert(first.plans[4].name !== second.plans[4].name, "the fake seed is the same");
  assertMatch(second.printed, /tried in 10 runs/);
  const seeded = [1, 2].map(() => exploreWith("explore --runs 5 --seed 7", () => "held", files));
  const [one, other] = await Promise.all(seeded);
  assertEquals(one.plans.map(({ name }) => name), other.plans.map(({ name }) => name));
});

Deno.test("timelines that need a store are not drawn if no redis-server is installed", async () => {
  const { plans } = await exploreWith("explore --runs 30", () => "held");
  assertEquals(new Set(plans.map(({ settings }) => settings.store)), new Set(["none"]));
});

Deno.test("a scenario file without scenarios, or that cannot be read, is refused with its path", async () => {
  await assertRejects(() => findScenarios(["no/such.ts"], []), UsageError, "no/such.ts");
  const here = decodeURIComponent(new URL("system.ts", import.meta.url).pathname);
  await assertRejects(() => findScenarios([here], []), UsageError, "no such scenario");
});
