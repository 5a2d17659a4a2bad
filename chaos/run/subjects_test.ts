import { assertEquals, assertRejects } from "@std/assert";
import { type ManagedProcess, METRICS_SERVER, type Subject } from "../subject/mod.ts";
import {
  addReplica,
  at,
  baseline,
  probeErrors,
  recover,
  s,
  scenario,
  type ScenarioPlan,
} from "../vocabulary/mod.ts";
import { Subjects } from "./subjects.ts";

const SUBJECT: Subject = {
  ...METRICS_SERVER,
  command: [
    ...["deno", "run", "--allow-net", "--allow-write"],
    ...[`${import.meta.dirname}/../subject/testing/small_replica.ts`, "{port}", "{store}"],
  ],
  env: { SOURCE: "{upstream}" },
  replica: { role: "/role", fence: null },
};

const PLAN: ScenarioPlan = scenario("joined", {
  question: "What if one more joins?",
  claim: "Nothing",
  steady: { always: [probeErrors().atMost(0, "the others serve")] },
  settings: { subjects: 3, store: "redis" },
  timeline: [
    at(s(0), baseline(s(1))),
    at(s(1), addReplica().for(s(1))),
    at(s(2), recover({ within: s(1), stable: 1 })),
  ],
}).plan();

/** Starts the plan's subjects; their store is a file. */
async function withSubjects(
  test: (
    subjects: Subjects,
    processes: ReadonlyMap<string, ManagedProcess>,
    added: number[],
  ) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const processes = new Map<string, ManagedProcess>();
    const added: number[] = [];
    await using subjects = new Subjects({
      plan: PLAN,
      subject: SUBJECT,
      dir,
      processes,
      start: { onLine: () => () => {} },
      onAdded: (subject) => void added.push(subject),
    });
    await subjects.start({ source: "127.0.0.1:1", store: () => `${dir}/store` });
    await test(subjects, processes, added);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("with a store the last subject leads, and a frozen one reports no role", () =>
  withSubjects(async (subjects, processes) => {
    assertEquals([...await subjects.roles()], [
      ["subject", "follower"],
      ["subject-2", "follower"],
      ["subject-3", "leader"],
    ]);
    processes.get("subject-3")!.freeze();
    assertEquals((await subjects.roles()).get("subject-3"), null);
  }));

Deno.test("a subject can join as often as the plan's faults demand", () =>
  withSubjects(async (subjects, processes, added) => {
    assertEquals(subjects.hosts().length, 3);
    const joined = await subjects.add();
    assertEquals([joined.name, added, subjects.hosts().length], ["subject-4", [3], 4]);
    await subjects.ready("subject-4");
    assertEquals(processes.size, 4);
    await assertRejects(() => subjects.add(), Error, "No port left for one more subject");
  }));
