import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fetchRaw } from "../../tools/http/mod.ts";
import { freePort } from "../../tools/processes/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import { identify, readStat } from "../guard/mod.ts";
import { ManagedProcess, type ProcessEvent, type ProcessSpec } from "./managed_process.ts";

const PROGRAM = new URL("./testing/small_server.ts", import.meta.url).href;

function spec(how: string, more: Partial<ProcessSpec> = {}, mark = ""): ProcessSpec {
  const port = more.port ?? freePort();
  return {
    name: "subject",
    command: [Deno.execPath(), "run", "-A", PROGRAM, String(port), how, mark],
    env: {},
    port,
    ready_path: "/healthz",
    ...more,
  };
}

/** Starts it and records its events and lines. */
async function start(of: ProcessSpec) {
  const events: ProcessEvent[] = [], lines: string[] = [];
  const process = await ManagedProcess.start(of, {
    onEvent: (event) => events.push(event),
    onLine: (line) => lines.push(line),
  });
  return { process, events, lines };
}

Deno.test("a process is ready once it answers, and restarts on its port after a kill", async () => {
  const { process, events, lines } = await start(spec("serve"));
  await using _ended = process;
  const first_pid = process.pid;
  assertEquals((await process.kill("SIGKILL")).code, 137);
  assertEquals(process.is_running, false);
  assertEquals(identify(first_pid), null);
  await process.restart();
  const { status } = await fetchRaw({ host: process.url.slice("http://".length), path: "/x" });
  assertEquals([status, process.pid === first_pid], [503, false]);
  const told = events.map(({ action, expected }) => `${action}${expected ? "" : "!"}`);
  assertEquals(told, ["started", "ready", "killed", "ended", "started", "ready"]);
  assertEquals(events.map(({ code }) => code), [null, null, null, 137, null, null]);
  await process.kill("SIGTERM");
  assertEquals(lines.filter((line) => line === '{"event":"asked"}').length >= 3, true);
});

Deno.test("start names a port in use before it starts the process", async () => {
  using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = holder.addr.port;
  const events: ProcessEvent[] = [];
  await assertRejects(
    () => ManagedProcess.start(spec("serve", { port }), { onEvent: (event) => events.push(event) }),
    Error,
    `Cannot start subject: port ${port} of 127.0.0.1 is in use: stop the program that uses it`,
  );
  assertEquals(events, []);
});

Deno.test("start ends a process that never answers, and quotes request, deadline and stderr", async () => {
  const port = freePort();
  const pids: number[] = [];
  const error = await assertRejects(() =>
    ManagedProcess.start(spec("mute", { port, ready_ms_max: 600 }), {
      onEvent: ({ pid }) => pids.push(pid),
    })
  ) as Error;
  assertMatch(
    error.message,
    new RegExp(
      `^Cannot use subject: waited 600 ms for an answer to GET http://127\\.0\\.0\\.1:${port}/healthz ` +
        `\\(last: .*connect_refused\\); stderr: mute is starting$`,
    ),
  );
  assertEquals(identify(pids[0]), null);
});

Deno.test("start reports the exit code and stderr of a process that ends early", async () => {
  const mark = await Deno.makeTempFile();
  try {
    await assertRejects(
      () => ManagedProcess.start(spec("once", {}, mark)),
      Error,
      "ended with exit code 4 before it answered GET http://127.0.0.1:",
    );
  } finally {
    await Deno.remove(mark);
  }
});

Deno.test("a process that ends by itself is reported as unexpected", async () => {
  const { process, events } = await start(spec("end"));
  await using _ended = process;
  assertEquals((await process.ended).code, 3);
  const { action, code, expected, stderr } = events.at(-1)!;
  assertEquals([action, code, expected, stderr], ["ended", 3, false, "end is starting"]);
});

Deno.test("a failed restart reports why and leaves no process behind", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { process } = await start(spec("once", {}, `${folder}/mark`));
    await process.kill();
    const error = await assertRejects(() => process.restart()) as Error;
    assertMatch(error.message, /ended with exit code 4 .*; stderr: .*was here before$/s);
    assertEquals(process.is_running, false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "kill ends the workers that a process leaves behind, so that it can start again",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { process } = await start(spec("parent"));
    await using _ended = process;
    await process.kill();
    await process.restart();
    assertEquals((await process.kill()).code, 137);
  },
});

Deno.test("kill sends SIGKILL to a process that ignores SIGTERM", async () => {
  const { process } = await start(spec("stubborn"));
  assertEquals((await process.kill("SIGTERM")).code, 137);
});

Deno.test({
  name: "freeze stops a process without ending it; resume continues it, and so does kill",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { process, events } = await start(spec("serve"));
    await using _ended = process;
    const stateOf = () => readStat(process.pid)[0];
    process.freeze();
    await until("the process to stop", () => stateOf() === "T");
    assertEquals([process.is_frozen, process.is_running], [true, true]);
    process.resume();
    await until("the process to continue", () => stateOf() !== "T");
    process.freeze();
    const { code } = await process.kill("SIGTERM");
    assertEquals([code, process.is_frozen], [143, false]);
    const actions = events.map(({ action }) => action).slice(2);
    assertEquals(actions, ["stopped", "continued", "stopped", "continued", "killed", "ended"]);
  },
});

Deno.test("start names a missing program", async () => {
  await assertRejects(
    () => ManagedProcess.start({ ...spec("serve"), command: ["/nowhere/cache"] }),
    Error,
    "Cannot start subject by /nowhere/cache: ",
  );
});
