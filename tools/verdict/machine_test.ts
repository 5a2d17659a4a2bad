import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  calmClock,
  foreignCpuMs,
  type Machine,
  machineLine,
  parseCpuModel,
  parseCpuMs,
  parseFamily,
  parseMemory,
  parseStalledMs,
  parseStolenMs,
} from "./machine.ts";

const STATUS =
  "Name:\tdeno\nVmPeak:\t 900 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t7\n";
const STAT = "42 (a) b (c)) S 7 42 42 0 -1 4194304 9 0 0 0 120 30 400 50 20 0 7 0 100";

Deno.test("parseMemory() reads resident memory and its peak", () => {
  assertEquals(parseMemory(STATUS), { rss_bytes: 100 * 1024 ** 2, peak_bytes: 200 * 1024 ** 2 });
});

Deno.test("parseMemory() of an ended process is NaN", () => {
  assertEquals(parseMemory(""), { rss_bytes: NaN, peak_bytes: NaN });
});

Deno.test("parseCpuMs() adds user and system time for any process name", () => {
  assertEquals(parseCpuMs(STAT), 1_500);
  assertEquals(parseCpuMs(""), NaN);
});

Deno.test("parseFamily() reads the parent and adds the time of ended children", () => {
  assertEquals(parseFamily(STAT), { pid: 42, parent: 7, cpu_ms: 1_500 + 4_500 });
});

Deno.test("foreignCpuMs() excludes this process, its descendants and kernel threads", () => {
  const families = [
    { pid: 1, parent: 0, cpu_ms: 1 },
    { pid: 2, parent: 0, cpu_ms: 10 },
    { pid: 15, parent: 2, cpu_ms: 100 },
    { pid: 50, parent: 1, cpu_ms: 1_000 },
    { pid: 51, parent: 50, cpu_ms: 10_000 },
    { pid: 52, parent: 51, cpu_ms: 10_000 },
    { pid: 60, parent: 1, cpu_ms: 100_000 },
  ];
  assertEquals(foreignCpuMs(families, 50), 100_001);
});

Deno.test("parseStolenMs() reads the eighth column of the machine", () => {
  assertEquals(parseStolenMs("cpu  1 2 3 4 5 6 7 80 9 0\ncpu0 1 2 3 4\n"), 800);
  assertEquals(parseStolenMs(""), NaN);
});

/** Runs code in a process with all permissions, which /proc requires. */
async function evaluate(code: string): Promise<Record<string, number>> {
  const proc = JSON.stringify(import.meta.resolve("./machine.ts"));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import * as proc from ${proc};\n${code}`],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("readForeignCpuMs() counts foreign programs but not own children", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  // The evaluating process did not start this one.
  const busy = new Deno.Command(Deno.execPath(), { args: ["eval", "while (true);"] }).spawn();
  try {
    const { foreign, own } = await evaluate(`
      const cpuMs = (pid) => proc.parseCpuMs(Deno.readTextFileSync("/proc/" + pid + "/stat"));
      const child = new Deno.Command(Deno.execPath(), { args: ["eval", "while (true);"] }).spawn();
      const deadline_ms = performance.now() + 10_000;
      const start = { foreign: proc.readForeignCpuMs(), busy: cpuMs(${busy.pid}) };
      const both = () => Math.min(cpuMs(${busy.pid}) - start.busy, cpuMs(child.pid));
      while (both() < 300 && performance.now() < deadline_ms) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const foreign = proc.readForeignCpuMs() - start.foreign - (cpuMs(${busy.pid}) - start.busy);
      const families = [child.pid, ${busy.pid}].map((pid) =>
        proc.parseFamily(Deno.readTextFileSync("/proc/" + pid + "/stat")));
      const own = proc.foreignCpuMs(families, Deno.pid) - cpuMs(${busy.pid});
      child.kill("SIGKILL");
      await child.status;
      console.log(JSON.stringify({ foreign, own }));
    `);
    assert(foreign >= -50, `the other program is missing: ${foreign} ms`);
    assert(Math.abs(own) <= 50, `our child counts as foreign: ${own} ms`);
  } finally {
    busy.kill("SIGKILL");
    await busy.status;
  }
});

Deno.test("readMemory() and readMainThreadCpuMs() read this machine's /proc", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const read = await evaluate(`
    const { rss_bytes, peak_bytes } = proc.readMemory(Deno.pid);
    const busy_ms = performance.now();
    while (performance.now() - busy_ms < 50);
    const thread_ms = proc.readMainThreadCpuMs(Deno.pid);
    console.log(JSON.stringify({ rss_bytes, peak_bytes, thread_ms }));
  `);
  const { rss_bytes, peak_bytes, thread_ms } = read;
  assert(rss_bytes > 10e6 && peak_bytes >= rss_bytes, `${rss_bytes} of ${peak_bytes} bytes`);
  assert(thread_ms >= 10, `${thread_ms} ms`);
});

Deno.test("countSockets() counts open sockets, and is null for a process that has ended", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const counted: unknown = await evaluate(`
    const before = proc.countSockets(Deno.pid);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const added = proc.countSockets(Deno.pid) - before;
    listener.close();
    const ended = new Deno.Command("true").spawn();
    await ended.status;
    console.log(JSON.stringify({ added, ended: proc.countSockets(ended.pid) }));
  `);
  assertEquals(counted, { added: 1, ended: null });
});

Deno.test("parseCpuModel() returns the first processor's name, else the architecture", () => {
  assertEquals(
    parseCpuModel("processor\t: 0\nmodel name\t: Some CPU\nmodel name\t: Other\n"),
    "Some CPU",
  );
  assertEquals(parseCpuModel(""), Deno.build.arch);
});

Deno.test("describeMachine() describes this machine in one line", async () => {
  const machine = await evaluate("console.log(JSON.stringify(proc.describeMachine()))");
  assertMatch(
    machineLine(machine as unknown as Machine),
    /^.+, \d+ cores, \d+ MB · \w+ \S+ · Deno \d+\.\d+\.\d+ · load average \d+\.\d\d /,
  );
});

Deno.test("calmClock() stands still while programs wait for a core", () => {
  const time = { now_ms: 1_000, stalled_ms: 70 };
  const elapsed_ms = calmClock(() => time.now_ms, () => time.stalled_ms);
  time.now_ms += 500;
  assertEquals(elapsed_ms(), 500);
  time.now_ms += 400;
  time.stalled_ms += 300;
  assertEquals(elapsed_ms(), 600);
  const without = calmClock(() => time.now_ms, () => NaN);
  time.now_ms += 20;
  assertEquals(without(), 20);
  const pressure =
    "some avg10=98.67 avg60=99.15 avg300=97.37 total=13843053\nfull avg10=0 total=0\n";
  assertEquals([parseStalledMs(pressure), parseStalledMs("")], [13_843.053, NaN]);
});
