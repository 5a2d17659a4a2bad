import { assertEquals, assertRejects } from "@std/assert";
import { type FaultContext, kill, restartBoth } from "../vocabulary/mod.ts";
import { type Killable, processActuator } from "./process.ts";

const NO_CONTEXT = {} as FaultContext;

/** A fake process that records its calls. */
function fake(name: string, fails_to_start = false): Killable & { calls: string[] } {
  const self = {
    name,
    is_running: true,
    calls: [] as string[],
    kill(signal?: Deno.Signal) {
      self.calls.push(`${signal}`);
      self.is_running = false;
      return Promise.resolve({ code: 137 });
    },
    restart() {
      self.calls.push("restart");
      if (fails_to_start) return Promise.reject(new Error(`Cannot start ${name}: port is taken`));
      self.is_running = true;
      return Promise.resolve();
    },
  };
  return self;
}

function run(...processes: ReturnType<typeof fake>[]) {
  return processActuator(new Map(processes.map((process) => [process.name, process])));
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
    "Cannot kill subject: no such process in this run; it has data_server",
  );
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
    "restart the processes that 1 killed: Cannot start data_server: port is taken",
    false,
  ]]);
});
