import { assert, assertEquals } from "@std/assert";
import type { Actuator } from "../actuators/actuator.ts";
import type { JournalEntry } from "../journal/mod.ts";
import { faultOf } from "../testing/journal.ts";
import { hang, refuse, type TimedFault } from "../vocabulary/mod.ts";
import { actionsOf, differences, FaultSchedule, rollBack } from "./fault_schedule.ts";

const REFUSE: TimedFault = { id: "1", at_ms: 0, for_ms: 30, fault: faultOf(refuse("source")) };
const HANG: TimedFault = { id: "2", at_ms: 30, for_ms: 20, fault: faultOf(hang("source")) };

/** An actuator that records its calls and fails on demand. */
function recorder(fails: { apply?: string; lift?: string } = {}) {
  const calls: string[] = [];
  const on = new Set<string>();
  const actuator: Actuator = {
    layer: "tcp",
    apply: (id) => {
      calls.push(`apply ${id}`);
      on.add(id);
      return fails.apply === id ? Promise.reject(new Error("no answer")) : Promise.resolve();
    },
    lift: (id) => {
      calls.push(`lift ${id}`);
      if (fails.lift === id) return Promise.reject(new Error("stuck"));
      on.delete(id);
      return Promise.resolve();
    },
    counters: () => Promise.resolve([]),
    diff: () => Promise.resolve([...on].map((id) => `${id} is on`)),
    rollback: (onStep) => {
      on.clear();
      onStep("reset", true);
      return Promise.resolve();
    },
  };
  return { actuator, calls };
}

function scheduleOf(actuator: Actuator, signal = new AbortController().signal) {
  const entries: JournalEntry[] = [];
  const schedule = new FaultSchedule({
    faults: [REFUSE, HANG],
    actuatorFor: () => actuator,
    add: (entry) => entries.push(entry),
    onLift: () => entries.push({ kind: "phase", phase: "lift" }),
    signal,
  });
  return { schedule, entries };
}

Deno.test("actionsOf lifts before it applies at the same time", () => {
  assertEquals(actionsOf([HANG, REFUSE]).map(({ at_ms, on, timed }) => [at_ms, on, timed.id]), [
    [0, true, "1"],
    [30, false, "1"],
    [30, true, "2"],
    [50, false, "2"],
  ]);
});

Deno.test("FaultSchedule applies and lifts every fault, and announces the last lift", async () => {
  const { actuator, calls } = recorder();
  const { schedule, entries } = scheduleOf(actuator);
  let first = 0;
  assertEquals(await schedule.run(() => Promise.resolve(void (first = calls.length))), true);
  assertEquals(calls, ["apply 1", "lift 1", "apply 2", "lift 2"]);
  assertEquals(first, 1, "what starts with the first fault starts while it is on");
  assertEquals(entries.map((one) => one.kind === "fault" ? one.action : one.kind), [
    "on",
    "off",
    "on",
    "phase",
    "off",
  ]);
  assertEquals(schedule.on, []);
});

Deno.test("FaultSchedule lifts a fault whose apply failed", async () => {
  const { actuator, calls } = recorder({ apply: "1" });
  const { schedule, entries } = scheduleOf(actuator);
  assertEquals(await schedule.run(), false);
  assert(calls.includes("lift 1"));
  const [entry] = entries;
  assert(entry.kind === "fault" && entry.error === "no answer");
});

Deno.test("an interrupt ends the schedule, and liftAll lifts what is on", async () => {
  const controller = new AbortController();
  const { actuator, calls } = recorder();
  const { schedule } = scheduleOf(actuator, controller.signal);
  const running = schedule.run(() => Promise.resolve(controller.abort()));
  await running;
  await schedule.liftAll();
  assertEquals(calls, ["apply 1", "lift 1"]);
});

Deno.test("rollBack restores what a failed lift left on, and records every step", async () => {
  const { actuator } = recorder({ lift: "2" });
  const { schedule } = scheduleOf(actuator);
  assertEquals(await schedule.run(), false);
  assertEquals(await differences([actuator]), ["2 is on"]);
  const entries: JournalEntry[] = [];
  assertEquals(await rollBack([actuator], (entry) => entries.push(entry)), true);
  assertEquals(
    entries.map((one) => one.kind === "rollback" && `${one.step}: ${one.ok}`),
    ["tcp: differs after lifting: false", "tcp: reset: true", "compare with before: true"],
  );
});

Deno.test("rollBack fails if a difference remains", async () => {
  const stuck: Actuator = {
    ...recorder().actuator,
    diff: () => Promise.resolve(["proxy source is disabled"]),
    rollback: () => Promise.reject(new Error("Toxiproxy does not answer")),
  };
  const entries: JournalEntry[] = [];
  assertEquals(await rollBack([stuck], (entry) => entries.push(entry)), false);
  assertEquals(entries.at(-1), {
    kind: "rollback",
    step: "compare with before",
    ok: false,
    diff: ["proxy source is disabled"],
  });
});
