import { assert, assertEquals } from "@std/assert";
import { LOG_SLEEP_MS_MAX } from "./limits.ts";
import { runModule, spawnModule } from "../testing/run_module.ts";

const LOG_FOLDER = `${import.meta.dirname}/`;

/** What the log's own thread needs, and nothing else. */
const PERMISSIONS = [`--allow-read=${LOG_FOLDER}`];

/** What `testing/log_program.ts` reports at its end. */
interface Report {
  written: number;
  dropped: number;
  close_ms: number;
}

type Line = Record<string, unknown>;

function lines(stdout: string): Line[] {
  assert(stdout === "" || stdout.endsWith("\n"), `torn: ${stdout.slice(-80)}`);
  return stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

function sumDropped(all: readonly Line[]): number {
  return all
    .filter((line) => line.event === "log.dropped")
    .reduce((sum, line) => sum + Number(line.lines), 0);
}

async function run(
  args: readonly string[],
  permissions = PERMISSIONS,
): Promise<{ all: Line[]; report: Report }> {
  const { code, stdout, stderr } = await runModule("testing/log_program.ts", {
    args,
    permissions,
  });
  assertEquals(code, 0, stderr);
  return { all: lines(stdout), report: JSON.parse(stderr) };
}

/** Starts the program with an unread stdout. */
function start(...args: string[]) {
  const child = spawnModule("testing/log_program.ts", { args, permissions: PERMISSIONS });
  const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const stdin = child.stdin.getWriter();
  return {
    /** Reads stdout to its end. */
    read: () => new Response(child.stdout).text(),
    /** Closes the reading end of stdout's pipe. */
    hangUp: () => child.stdout.cancel(),
    /** Waits until the program has dropped lines. */
    stalls: async () => assertEquals((await stderr.read()).value, "stalled\n"),
    /** Lets the program go on. */
    goOn: () => stdin.close(),
    async end(): Promise<Report & { code: number }> {
      let report = "";
      for (let part; (part = await stderr.read()).done === false;) report += part.value;
      const { code } = await child.status;
      return { code, ...JSON.parse(report) };
    },
  };
}

Deno.test("createLog writes every line of the enabled levels, in order", async () => {
  const { all, report } = await run(["levels", "INFO"]);
  assertEquals(all.map((line) => [line.level, line.event]), [
    ["INFO", "two"],
    ["WARN", "three"],
    ["ERROR", "four"],
    ["INFO", "http.access"],
    ["INFO", "last"],
  ]);
  assertEquals(all.every((line) => line.service === "test"), true);
  assertEquals(all[0].ts, "2026-01-02T03:04:05.678Z");
  assertEquals(report.dropped, 0);
});

Deno.test("createLog writes no access line at WARN, and access_on is false", async () => {
  const { all } = await run(["levels", "WARN"]);
  assertEquals(all.map((line) => line.event), ["three", "four"]);
  const { all: debug } = await run(["levels", "DEBUG"]);
  assertEquals(debug.map((line) => line.event), [
    "one",
    "two",
    "three",
    "four",
    "http.access",
    "last",
  ]);
});

Deno.test("Lines of two threads are complete, and in each thread's order", async () => {
  const { all, report } = await run(["threads", "4000"], ["--allow-read"]);
  assertEquals([all.length, report.dropped], [8_000, 0]);
  for (const endpoint of ["main", "other"]) {
    const numbers = all
      .filter((line) => line.endpoint === endpoint)
      .map((line) => line.bytes_sent);
    assertEquals(numbers, Array.from({ length: 4_000 }, (_, index) => index));
  }
});

Deno.test("With a stalled stdout no thread waits, and kept + dropped = written", async () => {
  const program = start("stall");
  await program.stalls();
  const output = program.read();
  await program.goOn();
  const report = await program.end();
  const all = lines(await output);
  const dropped = sumDropped(all);
  const kept = all.filter((line) => line.event !== "log.dropped").length;
  assert(dropped > 0);
  assertEquals([dropped, kept + dropped, report.code], [report.dropped, report.written, 0]);
  assertEquals(all.some((line) => line.event === "after"), true);
  assertEquals(all.find((line) => line.event === "log.dropped")?.level, "WARN");
});

Deno.test("close() gives up in time if stdout is never read", async () => {
  const program = start("stall-and-close");
  await program.stalls();
  await program.goOn();
  const report = await program.end();
  await program.hangUp();
  assert(report.dropped > 0);
  assert(report.close_ms >= 200 && report.close_ms < 2_000, `${report.close_ms} ms`);
  assertEquals(report.code, 0);
});

Deno.test("With a closed stdout the program continues, and lines count as dropped", async () => {
  const program = start("gone");
  await program.hangUp();
  await program.goOn();
  const report = await program.end();
  assertEquals([report.dropped, report.code], [report.written, 0]);
  assert(report.close_ms < 1_000, `${report.close_ms} ms`);
});

Deno.test("A line wakes the sleeping log worker", async () => {
  const child = spawnModule("testing/log_program.ts", { args: ["idle"], permissions: PERMISSIONS });
  await child.stdin.close();
  const delays_ms: number[] = [];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    for (const line of lines(text)) delays_ms.push(Date.now() - Number(line.at_ms));
  }
  await child.stderr.cancel();
  assertEquals((await child.status).code, 0);
  // The first line meets a thread that only starts; a busy machine can be late once.
  const [, ...woken_ms] = delays_ms;
  assertEquals(woken_ms.length, 3);
  assert(Math.min(...woken_ms) < LOG_SLEEP_MS_MAX / 4, `${woken_ms} ms`);
});

Deno.test("createLog names the permission that its worker lacks, in one line", async () => {
  const { code, stdout, stderr } = await runModule("testing/log_program.ts", {
    args: ["levels", "INFO"],
  });
  assertEquals({ code, stdout, stderr }, {
    code: 78,
    stdout: "",
    stderr: "platform/log: may not be read: add platform/log to --allow-read\n",
  });
});
