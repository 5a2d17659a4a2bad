import { assertEquals, assertMatch } from "@std/assert";
import { readJournal } from "../journal/mod.ts";
import {
  claim,
  edit,
  faultOf,
  insert,
  simulate,
  type Simulated,
  timesOf,
} from "../testing/journal.ts";
import { loadStep } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();
const ERRORS = claim("load_error_share", 0, { unit: "%" });

/** A run whose load window that ends at `t_ms` reports 3 late samples. */
const lateAt = (t_ms: number, records = simulate()) =>
  edit(records, "load", (load) => load.t_ms === t_ms ? { ...load, late: 3 } : load);

Deno.test("late samples of the load make conditions that depend on them inconclusive", () => {
  const judged = judgeRun(lateAt(TIMES.on + 1000));
  assertEquals(judged.verdict, "inconclusive");
  assertMatch(judged.sentence, /^3 samples of the load arrived too late .*the first before 7\.0 s/);
  const open = judged.conditions.filter(({ verdict }) => verdict === "inconclusive")
    .map(({ condition }) => condition.measure);
  assertEquals(open, ["p95_ms", "age_max_ms", "age_max_ms", "p95_ratio"]);
});

Deno.test("a measure that this version does not have is a doubt, and spares the other conditions", () => {
  const older = edit(simulate(), "run", (run) => {
    const replaced = { ...claim("metastable", 0), measure: "socket_growth" as "metastable" };
    return { ...run, plan: { ...run.plan, conditions: [...run.plan.conditions, replaced] } };
  });
  const { verdict, sentence, conditions } = judgeRun(older);
  assertEquals([verdict, conditions.every((one) => one.verdict === "held")], [
    "inconclusive",
    true,
  ]);
  assertEquals(sentence, "the plan claims socket_growth, which this version cannot measure");
});

Deno.test("late samples from before the baseline do not count", () => {
  assertEquals(judgeRun(lateAt(TIMES.baseline + 100)).verdict, "held");
});

Deno.test("a failed request counts despite late samples; fast answers do not", () => {
  const claimed = simulate({ conditions: [ERRORS, claim("p95_ms", 7, { unit: "ms" })] });
  const failed = edit(
    lateAt(TIMES.on + 1000, claimed),
    "load",
    (load) => load.t_ms === TIMES.on + 2000 ? { ...load, failed: 1 } : load,
  );
  const { verdict, conditions } = judgeRun(failed);
  assertEquals([verdict, ...conditions.map((one) => one.verdict)], [
    "broken",
    "broken",
    "inconclusive",
  ]);
});

Deno.test("readJournal accepts load records with and without late", () => {
  const records = simulate();
  const header = records.find(({ kind }) => kind === "run");
  const load = records.find(({ kind }) => kind === "load");
  const lines = [header, load, { ...load, late: 2 }];
  const text = lines.map((line) => JSON.stringify(line) + "\n").join("");
  assertEquals(readJournal(text) as unknown, lines);
});

/** A run without this share of its load between two times. */
const without = (share: number, from_ms: number, to_ms: number, given: Simulated = {}) =>
  edit(simulate(given), "load", (load) => {
    if (load.t_ms <= from_ms || load.t_ms > to_ms) return load;
    const durations = load.durations.map(([le_ms, count]) => [le_ms, count * (1 - share)] as const);
    return { ...load, durations, requests: load.requests * (1 - share) };
  });

Deno.test("if more than 5 % of the load is missing, conditions that depend on it are inconclusive", () => {
  const judged = judgeRun(without(0.1, TIMES.on, TIMES.off));
  assertEquals(judged.verdict, "inconclusive");
  assertMatch(judged.sentence, /^10 % of the load's requests are missing from 6\.0 s to 11\.0 s/);
  assertEquals(judgeRun(without(0.04, TIMES.on, TIMES.off)).verdict, "held");
});

Deno.test("load that is missing before the baseline, or for a single wave, does not count", () => {
  assertEquals(judgeRun(without(1, 0, TIMES.baseline)).verdict, "held");
  assertEquals(judgeRun(without(1, TIMES.on + 100, TIMES.on + 200)).verdict, "held");
});

Deno.test("slow answers break a condition even if others are missing", () => {
  const slow: Simulated = {
    conditions: [claim("p95_ms", 7, { unit: "ms" }), claim("p95_ratio", 1.2, { unit: "×" })],
    p95At: (_, faulted) => faulted ? 30 : 3,
  };
  const verdicts = (from_ms: number, to_ms: number) =>
    judgeRun(without(0.2, from_ms, to_ms, slow)).conditions.map(({ verdict }) => verdict);
  assertEquals(verdicts(TIMES.on, TIMES.off), ["broken", "broken"]);
  // A ratio to a baseline with missing answers proves nothing.
  assertEquals(verdicts(TIMES.baseline, TIMES.on), ["broken", "inconclusive"]);
});

Deno.test("a load step leaves no load missing", () => {
  const records = edit(
    simulate({ fault: faultOf(loadStep({ factor: 10 })) }),
    "load",
    (load) => {
      if (load.t_ms <= TIMES.on || load.t_ms > TIMES.off) return load;
      const durations = load.durations.map(([le_ms, count]) => [le_ms, count * 5.06] as const);
      return { ...load, durations, requests: load.requests * 5.06 };
    },
  );
  assertEquals(judgeRun(records).doubts.filter((text) => text.includes("missing")), []);
});

Deno.test("load that is missing because a fault stopped the subject under load is no doubt", () => {
  const process = { kind: "process", process: "subject", pid: 100, code: null } as const;
  const frozen = insert(
    without(1, TIMES.on, TIMES.off),
    { t_ms: TIMES.on, ...process, action: "stopped" },
    { t_ms: TIMES.off, ...process, action: "continued" },
  );
  assertEquals(judgeRun(frozen).doubts, []);
});
