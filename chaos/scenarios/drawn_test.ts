import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  at,
  clockSkew,
  cpu,
  type FaultFor,
  hang,
  kill,
  latency,
  type Measure,
  ms,
  refuse,
  reset,
  s,
  ScenarioError,
  type Settings,
  slowFirstByte,
  status,
  storeFull,
  tornRows,
  type When,
} from "../vocabulary/mod.ts";
import { DRAWN_BASELINE, drawnScenario } from "./drawn.ts";

interface Given {
  readonly settings?: Partial<Settings>;
  readonly cold_start?: boolean;
}

/** The short version with these faults, all from the end of the baseline on. */
function planOf(faults: readonly FaultFor[], given: Given = {}) {
  const steps = faults.map((fault) => at(DRAWN_BASELINE, fault));
  return drawnScenario("drawn-1", { question: "?", claim: "x", faults: steps, ...given })
    .plan({ quick: true });
}

type Plan = ReturnType<typeof planOf>;

const claims = ({ conditions }: Plan, when: When, measure: Measure) =>
  conditions.find((one) => one.when === when && one.measure === measure);
const boundOf = (plan: Plan, when: When, measure: Measure) => claims(plan, when, measure)?.bound;

Deno.test("an outage: as in its scenario, answers are true and fast, and age is the outage's", () => {
  const plan = planOf([refuse("source").for(s(20))]);
  for (const measure of ["unlabelled_stale", "bad_data_accepted", "snapshots_backwards"] as const) {
    assertEquals(boundOf(plan, "always", measure), 0, measure);
  }
  assertEquals(boundOf(plan, "always", "p95_ms"), 7);
  assertEquals(boundOf(plan, "faulted", "load_error_share"), 0);
  // Fault 6 s, fresh 1.45 s, backoff 1.2 s.
  assertEquals(boundOf(plan, "faulted", "age_max_ms"), 8_650);
  // Backoff 1.2 s, fetch 150 ms, sampling 250 ms.
  assertEquals(plan.recover.within_ms, 1_600);
});

Deno.test("faults add to the bounds: timeouts, delays, pauses, clocks", () => {
  const age = (...faults: FaultFor[]) => boundOf(planOf(faults), "faulted", "age_max_ms") ?? NaN;
  const fresh = age(latency("client", { delay_ms: 1 }).for(s(20)));
  assertEquals(fresh, 1_450);
  assertEquals(age(slowFirstByte({ delay_ms: 100 }).for(s(20))), fresh + 200);
  const both = [latency("source", { delay_ms: 50 }), slowFirstByte({ delay_ms: 100 })] as const;
  assertEquals(age(...both.map((one) => one.for(s(20)))), fresh + 300);
  const outage = age(refuse("source").for(s(20)));
  assertEquals(age(hang("source").for(s(20))), outage + 600);
  assertEquals(age(status({ status: 503, retry_after_s: 2 }).for(s(20))), outage + 2_000);
  assertEquals(age(clockSkew({ skew_ms: -60_000 }).for(s(20))), outage + 60_000 + 4_200);
});

Deno.test("a delay that lets polls time out counts as an outage in the version it does so", () => {
  const scenario = drawnScenario("drawn-1", {
    question: "?",
    claim: "x",
    faults: [at(DRAWN_BASELINE, slowFirstByte({ delay_ms: 400 }).for(s(20)))],
  });
  const ages = [true, false].map((quick) =>
    boundOf(scenario.plan({ quick }), "faulted", "age_max_ms") ?? 0
  );
  assert(ages[0] > 6_000, "quick: the timeout is 600 ms");
  assertEquals(ages[1], 1_650 + 800);
});

const SPEED: readonly Measure[] = ["p95_ms", "p95_ratio", "p99_ratio"];

const EXCUSED: readonly (readonly [what: string, faults: FaultFor[], measures: Measure[]])[] = [
  ["busy cores excuse slow answers, not errors", [cpu({ workers: 1, share: 0.5 }).for(s(5))], [
    ...SPEED,
  ]],
  ["resets of clients excuse errors", [reset("client").for(s(5))], [
    "load_error_share",
    "probe_error_share",
    ...SPEED,
    "age_max_ms",
  ]],
  ["a clock ahead excuses ages", [clockSkew({ skew_ms: 5_000 }).for(s(5))], ["unlabelled_stale"]],
  ["torn rows excuse missing rows", [tornRows({ share: 0.05 }).for(s(5))], [
    "load_error_share",
    "probe_error_share",
  ]],
  ["a subject that is down excuses errors", [kill("subject").for(s(5))], [
    "load_error_share",
    "probe_error_share",
    ...SPEED,
    "age_max_ms",
    "retry_amplification",
  ]],
];

for (const [what, faults, measures] of EXCUSED) {
  Deno.test(`${what}, and nothing else`, () => {
    const of = (plan: Plan) =>
      plan.conditions.filter(({ when }) => when !== "unfaulted").map(({ measure }) => measure);
    const all = of(planOf([refuse("source").for(s(5))]));
    const left = of(planOf(faults));
    const dropped = all.filter((measure) => !left.includes(measure) && measure !== "slow_share");
    const dropped_always = dropped.filter((one) => one !== "herd_ratio");
    assertEquals(new Set(dropped_always), new Set([...measures]));
  });
}

Deno.test("without faults, errors are never excused but by rows that are missing", () => {
  const unfaulted = (fault: FaultFor) => boundOf(planOf([fault]), "unfaulted", "probe_error_share");
  assertEquals(unfaulted(kill("subject").for(s(5))), 0);
  assertEquals(unfaulted(reset("client").for(s(5))), 0);
  assertEquals(unfaulted(tornRows({ share: 0.05 }).for(s(5))), undefined);
});

Deno.test("a replica that starts has data from its store, unless another fault is at the store", () => {
  const settings = { store: "redis", subjects: 3 } as const;
  const killed = kill("leader").for(s(5));
  assertEquals(boundOf(planOf([killed], { settings }), "faulted", "probe_error_share"), 0);
  const both = planOf([killed, storeFull().for(s(5))], { settings });
  assertEquals(boundOf(both, "faulted", "probe_error_share"), undefined);
});

Deno.test("a cold start has no baseline to compare with, and may refuse until data is there", () => {
  const plan = planOf([refuse("source").for(s(5))], { cold_start: true });
  const measures = plan.conditions.map(({ measure }) => measure);
  for (const measure of ["p95_ratio", "herd_ratio", "sockets_per_poll"] as const) {
    assert(!measures.includes(measure), measure);
  }
  assertEquals(boundOf(plan, "faulted", "load_error_share"), undefined);
  assertEquals(boundOf(plan, "unfaulted", "load_error_share"), 0);
});

Deno.test("a timeline that the vocabulary refuses is refused by name", () => {
  const faults = [refuse("source"), refuse("source")].map((one) => one.for(ms(500)));
  assertThrows(() => planOf(faults), ScenarioError, "drawn-1: 1-tcp.refuse and 2-tcp.refuse");
});
