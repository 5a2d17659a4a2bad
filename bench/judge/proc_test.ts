import { assert, assertEquals } from "@std/assert";
import { parseCpuMs, parseFamily, parseMachineCpuMs, parseMemory } from "./proc.ts";

const STATUS =
  "Name:\tdeno\nVmPeak:\t 900 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t7\n";
const STAT = "42 (a) b (c)) S 7 42 42 0 -1 4194304 9 0 0 0 120 30 400 50 20 0 7 0 100";

Deno.test("parseMemory() reads resident memory and its peak", () => {
  assertEquals(parseMemory(STATUS), { rss_bytes: 100 * 1024 ** 2, peak_bytes: 200 * 1024 ** 2 });
});

Deno.test("parseMemory() of a process that is gone is no number", () => {
  assertEquals(parseMemory(""), { rss_bytes: NaN, peak_bytes: NaN });
});

Deno.test("parseCpuMs() adds user and system time, whatever the process is called", () => {
  assertEquals(parseCpuMs(STAT), 1_500);
  assertEquals(parseCpuMs(""), NaN);
});

Deno.test("parseFamily() knows the parent and the time of ended children", () => {
  assertEquals(parseFamily(STAT), { parent: 7, cpu_ms: 1_500, reaped_ms: 4_500 });
});

Deno.test("parseMachineCpuMs() counts user, nice, system and stolen time, not interrupts", () => {
  assertEquals(parseMachineCpuMs("cpu  100 20 3 9000 800 70 60 5 0 0\ncpu0 1 2 3 4\n"), 1_280);
  assertEquals(parseMachineCpuMs(""), NaN);
});

/** Evaluates a module in a process that may read /proc, which takes every permission. */
async function evaluate(code: string): Promise<Record<string, number>> {
  const proc = JSON.stringify(import.meta.resolve("./proc.ts"));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import * as proc from ${proc};\n${code}`],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("readOwnCpuMs() counts children while they run and after they ended", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const added_ms = await evaluate(`
    const start_ms = proc.readOwnCpuMs();
    const child = new Deno.Command(Deno.execPath(), { args: ["eval", "while (true);"] }).spawn();
    const childMs = () => proc.parseCpuMs(Deno.readTextFileSync("/proc/" + child.pid + "/stat"));
    const deadline_ms = performance.now() + 10_000;
    while (childMs() < 500 && performance.now() < deadline_ms) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const running = proc.readOwnCpuMs() - start_ms;
    child.kill("SIGKILL");
    await child.status;
    console.log(JSON.stringify({ running, ended: proc.readOwnCpuMs() - start_ms }));
  `);
  assert(added_ms.running >= 490, `a running child adds ${added_ms.running} ms`);
  assert(added_ms.ended >= added_ms.running, `then ${added_ms.ended} ms once it has ended`);
});

Deno.test("readMemory(), readMainThreadCpuMs() and readMachineCpuMs() read this machine's /proc", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const read = await evaluate(`
    const { rss_bytes, peak_bytes } = proc.readMemory(Deno.pid);
    const busy_ms = performance.now();
    while (performance.now() - busy_ms < 50);
    const thread_ms = proc.readMainThreadCpuMs(Deno.pid);
    const machine_ms = proc.readMachineCpuMs();
    console.log(JSON.stringify({ rss_bytes, peak_bytes, thread_ms, machine_ms }));
  `);
  const { rss_bytes, peak_bytes, thread_ms, machine_ms } = read;
  assert(rss_bytes > 10e6 && peak_bytes >= rss_bytes, `${rss_bytes} of ${peak_bytes} bytes`);
  assert(thread_ms >= 10 && machine_ms > thread_ms, `${thread_ms} of ${machine_ms} ms`);
});
