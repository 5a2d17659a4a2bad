import { assertEquals, assertThrows } from "@std/assert";
import {
  age,
  at,
  baseline,
  dataInterval,
  faultLength,
  fetchTime,
  kill,
  latency,
  ms,
  p95,
  pollInterval,
  recover,
  refuse,
  s,
  scenario,
  ScenarioError,
  type ScenarioSpec,
} from "./mod.ts";

const SPEC: ScenarioSpec = {
  question: "What if?",
  claim: "Nothing",
  steady: {
    always: [p95().atMost(ms(7))],
    faulted: [age().atMost(faultLength().plus(dataInterval(), pollInterval(), fetchTime()))],
  },
  timeline: [
    at(s(0), baseline(s(10))),
    at(s(10), refuse("source").for(s(20))),
    at(s(30), recover({ within: s(2), stable: 3 })),
  ],
};

const REFUSED: readonly (readonly [message: string, name: string, spec: Partial<ScenarioSpec>])[] =
  [
    ["name=Outage!: must be 1–50 of a–z, 0–9 and -", "Outage!", {}],
    ["question=What: must end with a question mark", "x", { question: "What" }],
    ["claim: must not be empty", "x", { claim: "" }],
    ["timeline: must start with at(s(0), baseline(…))", "x", { timeline: SPEC.timeline.slice(1) }],
    ["timeline: must end with at(…, recover(…))", "x", { timeline: SPEC.timeline.slice(0, 2) }],
    ["timeline: must have 1–32 faults, got 0", "x", {
      timeline: [SPEC.timeline[0], SPEC.timeline[2]],
    }],
    ["baseline 500 ms: must be at least 1 s", "x", {
      timeline: [at(s(0), baseline(ms(500))), ...SPEC.timeline.slice(1)],
    }],
    ["fault at 5 s: must not start before the baseline ends at 10 s", "x", {
      timeline: [
        SPEC.timeline[0],
        at(s(5), refuse("source").for(s(1))),
        SPEC.timeline[2],
      ],
    }],
    ["recover at 15 s: must not start before the last fault ends at 30 s", "x", {
      timeline: [...SPEC.timeline.slice(0, 2), at(s(15), recover({ within: s(2), stable: 3 }))],
    }],
    ["recover stable=0: must be a whole number of 1–100", "x", {
      timeline: [...SPEC.timeline.slice(0, 2), at(s(30), recover({ within: s(2), stable: 0 }))],
    }],
    ["tcp.latency delay_ms=0: must be", "x", {
      timeline: [
        SPEC.timeline[0],
        at(s(10), latency("source", { delay_ms: 0 }).for(s(1))),
        SPEC.timeline[2],
      ],
    }],
    ["1-tcp.refuse and 2-tcp.refuse overlap: let one end before the other starts", "x", {
      timeline: [
        SPEC.timeline[0],
        at(s(10), refuse("source").for(s(10))),
        at(s(15), refuse("source").for(s(10))),
        SPEC.timeline[2],
      ],
    }],
    ['1-process.kill: needs settings with store "redis"', "x", {
      timeline: [SPEC.timeline[0], at(s(10), kill("leader").for(s(1))), SPEC.timeline[2]],
    }],
    ["1-process.kill subject=1: must be below 1, the number of subjects", "x", {
      timeline: [
        SPEC.timeline[0],
        at(s(10), kill("subject", { subject: 1 }).for(s(1))),
        SPEC.timeline[2],
      ],
    }],
  ];

for (const [message, name, change] of REFUSED) {
  Deno.test(`scenario() refuses: ${message}`, () => {
    assertThrows(
      () => scenario(name, { ...SPEC, ...change }),
      ScenarioError,
      `scenario ${name}: ${message}`,
    );
  });
}

Deno.test("plan() has the faults with their times and the bounds with their sums", () => {
  const plan = scenario("outage", SPEC).plan();
  assertEquals(plan.faults.map(({ id, at_ms, for_ms }) => ({ id, at_ms, for_ms })), [
    { id: "1-tcp.refuse", at_ms: 0, for_ms: 20_000 },
  ]);
  assertEquals(plan.conditions[1], {
    when: "faulted",
    measure: "age_max_ms",
    relation: "≤",
    bound: 21_650,
    unit: "ms",
    because: "fault 20 s + data interval 1 s + poll 500 ms + fetch 150 ms",
  });
  assertEquals(plan.conditions.at(-1)?.measure, "recover_ms");
  assertEquals(structuredClone(plan), plan, "plain data");
});

Deno.test("plan({ settings }) replaces settings unscaled, and bounds follow", () => {
  const plan = scenario("outage", SPEC).plan({ quick: true, settings: { poll_ms: 1000 } });
  assertEquals([plan.settings.poll_ms, plan.settings.poll_timeout_ms], [1000, 600]);
  const [{ because }] = plan.conditions.filter(({ measure }) => measure === "age_max_ms");
  assertEquals(because, "fault 6 s + data interval 1 s + poll 1 s + fetch 150 ms");
});

Deno.test("plan({ quick }) is shorter, and so are its bounds", () => {
  const plan = scenario("outage", SPEC).plan({ quick: true });
  assertEquals([plan.baseline_ms, plan.faults[0].for_ms], [4_000, 6_000]);
  assertEquals(plan.settings.poll_ms, 300);
  assertEquals(plan.load.env, { RATE: "500", VUS: "100" });
  assertEquals(
    plan.conditions[1].because,
    "fault 6 s + data interval 1 s + poll 300 ms + fetch 150 ms",
  );
});

Deno.test("a fault without a length is a type error in a timeline", () => {
  // @ts-expect-error: `.for(…)` is missing
  assertThrows(() => scenario("x", { ...SPEC, timeline: [at(s(0), refuse("source"))] }));
});
