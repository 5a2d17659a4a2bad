import { assertEquals, assertRejects } from "@std/assert";
import {
  addReplica,
  type FaultContext,
  freeze,
  kill,
  restart,
  restartBoth,
  rollingRestart,
} from "../vocabulary/mod.ts";
import { type Killable, processActuator } from "./process.ts";

const NO_CONTEXT = {} as FaultContext;

/** A fake process that records its calls. */
function fake(name: string, fails_to_start = false): Killable & { calls: string[] } {
  const self = {
    name,
    is_running: true,
    is_frozen: false,
    calls: [] as string[],
    freeze() {
      self.calls.push("freeze");
      self.is_frozen = true;
    },
    resume() {
      if (!self.is_frozen) return;
      self.calls.push("resume");
      self.is_frozen = false;
    },
    kill(signal?: Deno.Signal) {
      self.calls.push(`${signal}`);
      self.is_running = false;
      return Promise.resolve({ code: 137 });
    },
    restart() {
      if (self.is_running) return Promise.resolve();
      self.calls.push("restart");
      if (fails_to_start) return Promise.reject(new Error(`Cannot start ${name}: port is taken`));
      self.is_running = true;
      return Promise.resolve();
    },
  };
  return self;
}

function run(...processes: ReturnType<typeof fake>[]) {
  return runWith({}, ...processes);
}

/** @param roles Roles of the subjects by name. */
function runWith(roles: Record<string, string | null>, ...processes: ReturnType<typeof fake>[]) {
  return processActuator({
    processes: new Map(processes.map((process) => [process.name, process])),
    roles: () => Promise.resolve(new Map(Object.entries(roles))),
    ready: (name) => {
      processes.find((process) => process.name === name)!.calls.push("ready");
      return Promise.resolve();
    },
    addSubject: () => Promise.resolve(fake("subject-9")),
  });
}

Deno.test("process.kill kills the named process, and the lift restarts it", async () => {
  const source = fake("data_server"), subject = fake("subject");
  const actuator = run(source, subject);
  await actuator.apply("1", kill("data_server", { signal: "SIGTERM" }).make(NO_CONTEXT));
  assertEquals([source.calls, subject.calls], [["SIGTERM"], []]);
  assertEquals(await actuator.diff(), ["data_server is not running"]);
  await actuator.lift("1");
  assertEquals(source.calls, ["SIGTERM", "restart"]);
  assertEquals([await actuator.diff(), (await actuator.counters())[0].hits], [[], { "1": 1 }]);
});

Deno.test("process.restart_both kills the source and every subject", async () => {
  const all = [fake("data_server"), fake("subject"), fake("subject-2")];
  const actuator = run(...all);
  await actuator.apply("1", restartBoth().make(NO_CONTEXT));
  assertEquals((await actuator.counters())[0].hits, { "1": 3 });
  await actuator.lift("1");
  assertEquals(all.map(({ calls }) => calls), Array(3).fill(["SIGKILL", "restart"]));
});

Deno.test("apply names an unknown process and the known ones", async () => {
  await assertRejects(
    () => run(fake("data_server")).apply("1", kill("subject").make(NO_CONTEXT)),
    Error,
    "Cannot affect subject: no such process in this run; it has data_server",
  );
});

Deno.test("process.freeze stops the leader, and the lift continues the same process", async () => {
  const first = fake("subject"), second = fake("subject-2");
  const roles: Record<string, string | null> = { subject: "follower", "subject-2": "leader" };
  const actuator = runWith(roles, first, second);
  await actuator.apply("1", freeze("leader").make(NO_CONTEXT));
  assertEquals(await actuator.diff(), ["subject-2 is stopped"]);
  Object.assign(roles, { subject: "leader", "subject-2": "follower" });
  await actuator.lift("1");
  assertEquals([first.calls, second.calls], [[], ["freeze", "resume"]]);
  const [{ hits, evidence }] = await actuator.counters();
  assertEquals([hits, evidence], [{ "1": 1 }, { "1": "subject-2 stopped" }]);
});

Deno.test("the follower a fault affects is the last one", async () => {
  const all = [fake("subject"), fake("subject-2"), fake("subject-3")];
  const roles = { subject: "follower", "subject-2": "follower", "subject-3": "leader" };
  await runWith(roles, ...all).apply("1", kill("follower").make(NO_CONTEXT));
  assertEquals(all.map(({ is_running }) => is_running), [true, false, true]);
});

Deno.test("apply reports the roles if no subject has the one it needs", async () => {
  const actuator = runWith({ subject: "alone", "subject-2": null }, fake("subject"));
  await assertRejects(
    () => actuator.apply("1", kill("leader").make(NO_CONTEXT)),
    Error,
    "Cannot find a leader: the roles are subject: alone, subject-2: none",
  );
});

Deno.test("process.restart ends a process and starts it at once", async () => {
  const store = fake("store");
  const actuator = run(store);
  await actuator.apply("1", restart("store").make(NO_CONTEXT));
  assertEquals([store.calls, store.is_running], [["SIGKILL", "restart"], true]);
  await actuator.lift("1");
  assertEquals(store.calls, ["SIGKILL", "restart"]);
});

Deno.test("process.rolling_restart waits for each subject before the next, the lift for all", async () => {
  const all = [fake("subject"), fake("subject-2")], source = fake("data_server");
  const order: string[] = [];
  for (const one of all) {
    const { push } = one.calls;
    one.calls.push = (...calls) => {
      order.push(...calls.map((call) => `${one.name} ${call}`));
      return push.apply(one.calls, calls);
    };
  }
  const actuator = run(source, ...all);
  await actuator.apply("1", rollingRestart().make(NO_CONTEXT));
  await actuator.lift("1");
  const steps = ["SIGTERM", "restart", "ready"];
  assertEquals(order, all.flatMap(({ name }) => steps.map((step) => `${name} ${step}`)));
  assertEquals([source.calls, (await actuator.counters())[0].hits], [[], { "1": 2 }]);
});

Deno.test("process.add_replica starts one more subject, which the lift leaves running", async () => {
  const actuator = run(fake("subject"));
  await actuator.apply("1", addReplica().make(NO_CONTEXT));
  await actuator.lift("1");
  assertEquals([await actuator.diff(), (await actuator.counters())[0].evidence], [[], {
    "1": "subject-9 started",
  }]);
});

Deno.test("lift fails if a process does not restart, and still restarts the others", async () => {
  const source = fake("data_server", true), subject = fake("subject");
  const actuator = run(source, subject);
  await actuator.apply("1", restartBoth().make(NO_CONTEXT));
  await assertRejects(() => actuator.lift("1"), Error, "Cannot start data_server: port is taken");
  assertEquals(subject.is_running, true);
  assertEquals(await actuator.diff(), ["data_server is not running"]);
});

Deno.test("rollback restarts killed processes and reports failures", async () => {
  const source = fake("data_server", true);
  const actuator = run(source);
  await actuator.apply("1", kill("data_server").make(NO_CONTEXT));
  const steps: [string, boolean][] = [];
  await actuator.rollback((step, ok) => steps.push([step, ok]));
  assertEquals(steps, [[
    "restart the processes that 1 ended: Cannot start data_server: port is taken",
    false,
  ]]);
});
