import { assert, assertEquals, assertThrows } from "@std/assert";
import { readLines, readWholeLines } from "./lines.ts";
import {
  lowPriority,
  runProcess,
  type StartOptions,
  startProcess,
  STDERR_LINES_MAX,
  STOP_MS_MAX,
} from "./start_process.ts";

function start(code: string, options: StartOptions = {}) {
  return startProcess([Deno.execPath(), "eval", code], options);
}

/** Starts a program and waits for its first line. */
async function startAndWait(code: string) {
  const ready = Promise.withResolvers<void>();
  const child = start(code, { stdout: (stream) => readLines(stream, () => ready.resolve()) });
  await ready.promise;
  return child;
}

Deno.test("startProcess() names the program that cannot be started", () => {
  assertThrows(() => startProcess(["/nowhere/cache"]), Error, "Cannot start /nowhere/cache: ");
  assertThrows(
    () => startProcess(["/nowhere/cache"], { name: "subject" }),
    Error,
    "Cannot start subject by /nowhere/cache: ",
  );
});

Deno.test("ended resolves with the exit code, after the last line was read", async () => {
  const lines: string[] = [];
  const child = start(`console.log("a"); console.log(Deno.env.get("B")); Deno.exit(7)`, {
    env: { B: "b" },
    stdout: (stream) => readLines(stream, (line) => lines.push(line)),
  });
  assertEquals((await child.ended).code, 7);
  assertEquals(lines, ["a", "b"]);
  assertEquals(child.has_ended, true);
  assertEquals((await child.stop()).code, 7);
});

Deno.test("stderr_tail keeps the last lines of stderr", async () => {
  const child = start(`for (let n = 0; n < 100; n++) console.error(n)`);
  await child.ended;
  const lines = child.stderr_tail.split("\n");
  assertEquals([lines.length, lines[0], lines.at(-1)], [STDERR_LINES_MAX, "88", "99"]);
});

Deno.test("stderr: pass keeps the last lines and writes all to this process's stderr", async () => {
  const module = new URL("./start_process.ts", import.meta.url).href;
  const outer = start(`import { startProcess } from ${JSON.stringify(module)};
    const code = "console.error('one'); console.error('two')";
    const child = startProcess([Deno.execPath(), "eval", code], { stderr: "pass" });
    await child.ended;
    console.error(child.stderr_tail === "one\\ntwo");`);
  assertEquals((await outer.ended).code, 0);
  assertEquals(outer.stderr_tail, "one\ntwo\ntrue");
});

Deno.test("kill() does nothing if the process has ended", async () => {
  const child = start("");
  assertEquals((await child.ended).code, 0);
  child.kill("SIGTERM");
});

Deno.test("kill() throws for an unknown signal", async () => {
  await using child = start("setInterval(() => {}, 1000)");
  assertThrows(() => child.kill("SIGNONE" as Deno.Signal), TypeError);
});

Deno.test("stop() sends SIGTERM once and waits for the process to end by itself", async () => {
  const child = await startAndWait(
    `let signals = 0;
     Deno.addSignalListener("SIGTERM", () => { signals++; setTimeout(() => Deno.exit(40 + signals), 50); });
     console.log("ready"); setInterval(() => {}, 1000);`,
  );
  assertEquals((await child.stop()).code, 41);
});

Deno.test("stop() kills a process that ignores SIGTERM, after STOP_MS_MAX", async () => {
  const child = await startAndWait(
    `Deno.addSignalListener("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000);`,
  );
  const started_ms = performance.now();
  assertEquals((await child.stop()).code, 137);
  const took_ms = performance.now() - started_ms;
  assert(took_ms >= STOP_MS_MAX - 50, `killed after ${took_ms} ms`);
});

Deno.test("startProcess() reads on only once the reader has taken the last lines", async () => {
  const first = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  let calls = 0;
  let bytes = 0;
  // More than a pipe holds: the rest follows once the reader goes on.
  const child = start(`for (let n = 0; n < 4_000; n++) console.log("x".repeat(99));`, {
    stdout: (stream) =>
      readWholeLines(stream, async (piece) => {
        calls++;
        bytes += piece.length;
        first.resolve();
        await taken.promise;
      }),
  });
  await first.promise;
  const late = Promise.withResolvers<"running">();
  const timer = setTimeout(() => late.resolve("running"), 200);
  assertEquals(await Promise.race([child.ended, late.promise]), "running");
  clearTimeout(timer);
  assertEquals(calls, 1);
  taken.resolve();
  assertEquals((await child.ended).code, 0);
  assertEquals(bytes, 400_000);
});

Deno.test("ended resolves although the reader is stuck in the last lines", async () => {
  const stalled = Promise.withResolvers<void>();
  const child = start(`console.log("line"); Deno.exit(3);`, {
    stdout: (stream) => readWholeLines(stream, () => stalled.promise),
  });
  assertEquals((await child.ended).code, 3);
  stalled.resolve();
});

Deno.test("runProcess() returns the exit code and both outputs as text", async () => {
  const code = `console.log("ä"); console.error("out of paper"); Deno.exit(4)`;
  assertEquals(await runProcess([Deno.execPath(), "eval", code]), {
    code: 4,
    stdout: "ä\n",
    stderr: "out of paper\n",
  });
});

Deno.test("runProcess() writes the input to stdin", async () => {
  assertEquals((await runProcess(["cat"], { input: "a\nb" })).stdout, "a\nb");
});

Deno.test("runProcess() kills a program after run_ms_max", async () => {
  assertEquals((await runProcess(["sleep", "60"], { run_ms_max: 50 })).code, 137);
});

Deno.test("lowPriority() takes chrt if it works, else nice, else nothing", () => {
  const having = (...programs: string[]) => lowPriority(([name]) => programs.includes(name));
  assertEquals(having("chrt", "nice"), ["chrt", "--idle", "0"]);
  assertEquals(having("nice"), ["nice", "-n", "19"]);
  assertEquals(having(), []);
});

Deno.test("low_priority starts a program at the lowest rank of this machine", async () => {
  const [program] = lowPriority();
  if (Deno.build.os !== "linux") return;
  assert(program !== undefined, "neither chrt nor nice works here");
  const { stdout: stat } = await runProcess(["cat", "/proc/self/stat"], { low_priority: true });
  // proc(5): field 19 is the nice value, field 41 the policy (5: SCHED_IDLE).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  assertEquals(program === "chrt" ? fields[38] : fields[16], program === "chrt" ? "5" : "19");
});
