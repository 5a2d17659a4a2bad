import { assert, assertEquals } from "@std/assert";
import { LOG_SLEEP_MS_MAX } from "./limits.ts";
import { runModule, spawnModule } from "../testing/run_module.ts";

const LOG_FOLDER = `${import.meta.dirname}/`;

/** What the log's own thread needs, and nothing else. */
const PERMISSIONS = [`--allow-read=${LOG_FOLDER}`];

/** What `testing/log_program.ts` tells at its end. */
interface Told {
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
): Promise<{ all: Line[]; told: Told }> {
  const { code, stdout, stderr } = await runModule("testing/log_program.ts", {
    args,
    permissions,
  });
  assertEquals(code, 0, stderr);
  return { all: lines(stdout), told: JSON.parse(stderr) };
}

/** Starts the program with a stdout that nobody reads yet. */
function start(...args: string[]) {
  const child = spawnModule("testing/log_program.ts", { args, permissions: PERMISSIONS });
  const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const stdin = child.stdin.getWriter();
  return {
    /** Reads stdout to its end. */
    read: () => new Response(child.stdout).text(),
    /** Ends reading stdout: from then on nobody has the pipe's other end. */
    hangUp: () => child.stdout.cancel(),
    /** Waits until the program has dropped lines. */
    stalls: async () => assertEquals((await stderr.read()).value, "stalled\n"),
    /** Lets the program go on. */
    goOn: () => stdin.close(),
    async end(): Promise<Told & { code: number }> {
      let told = "";
      for (let part; (part = await stderr.read()).done === false;) told += part.value;
      const { code } = await child.status;
      return { code, ...JSON.parse(told) };
    },
  };
}

Deno.test("createLog writes every line of every level it lets through, in order", async () => {
  const { all, told } = await run(["levels", "INFO"]);
  assertEquals(all.map((line) => [line.level, line.event]), [
    ["INFO", "two"],
    ["WARN", "three"],
    ["ERROR", "four"],
    ["INFO", "http.access"],
    ["INFO", "last"],
  ]);
  assertEquals(all.every((line) => line.service === "test"), true);
  assertEquals(all[0].ts, "2026-01-02T03:04:05.678Z");
  assertEquals(told.dropped, 0);
});

Deno.test("createLog writes no access line at WARN, and says so in access_on", async () => {
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

Deno.test("Two threads write at once: no line is lost or mixed up, each thread's are in order", async () => {
  const { all, told } = await run(["threads", "4000"], ["--allow-read"]);
  assertEquals([all.length, told.dropped], [8_000, 0]);
  for (const endpoint of ["main", "other"]) {
    const numbers = all
      .filter((line) => line.endpoint === endpoint)
      .map((line) => line.bytes_sent);
    assertEquals(numbers, Array.from({ length: 4_000 }, (_, index) => index));
  }
});

Deno.test("A reader of stdout that stalls: nobody waits, and kept + dropped = written", async () => {
  const program = start("stall");
  await program.stalls();
  const output = program.read();
  await program.goOn();
  const told = await program.end();
  const all = lines(await output);
  const dropped = sumDropped(all);
  const kept = all.filter((line) => line.event !== "log.dropped").length;
  assert(dropped > 0);
  assertEquals([dropped, kept + dropped, told.code], [told.dropped, told.written, 0]);
  assertEquals(all.some((line) => line.event === "after"), true);
  assertEquals(all.find((line) => line.event === "log.dropped")?.level, "WARN");
});

Deno.test("A reader of stdout that never comes: close gives up after its time", async () => {
  const program = start("stall-and-close");
  await program.stalls();
  await program.goOn();
  const told = await program.end();
  await program.hangUp();
  assert(told.dropped > 0);
  assert(told.close_ms >= 200 && told.close_ms < 2_000, `${told.close_ms} ms`);
  assertEquals(told.code, 0);
});

Deno.test("A reader of stdout that goes away: the program goes on, lines count as dropped", async () => {
  const program = start("gone");
  await program.hangUp();
  await program.goOn();
  const told = await program.end();
  assertEquals([told.dropped, told.code], [told.written, 0]);
  assert(told.close_ms < 1_000, `${told.close_ms} ms`);
});

Deno.test("A line wakes the log's thread: it does not wait for the end of a sleep", async () => {
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

Deno.test("createLog names the permission its thread is missing, in one line", async () => {
  const { code, stdout, stderr } = await runModule("testing/log_program.ts", {
    args: ["levels", "INFO"],
  });
  assertEquals({ code, stdout, stderr }, {
    code: 78,
    stdout: "",
    stderr: "platform/log: may not be read: add platform/log to --allow-read\n",
  });
});
