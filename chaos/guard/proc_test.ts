import { assertEquals } from "@std/assert";
import { identify, isRunning, startTicksOf } from "./proc.ts";

/** Fields 3 to 24 of /proc/PID/stat, with this state and start. */
function stat(name: string, state: string, start: number): string {
  const between = Array.from({ length: 18 }, (_, i) => i).join(" ");
  return `42 (${name}) ${state} ${between} ${start} 1000 200`;
}

Deno.test("startTicksOf reads the start whatever the program is called", () => {
  assertEquals(startTicksOf(stat("deno", "S", 4711)), 4711);
  assertEquals(startTicksOf(stat("a) S 1 2 (b", "R", 4711)), 4711);
});

Deno.test("startTicksOf takes a zombie for a process that is over", () => {
  assertEquals(startTicksOf(stat("deno", "Z", 4711)), null);
});

Deno.test("isRunning knows that a pid was given to another process", () => {
  const self = identify(Deno.pid)!;
  assertEquals(isRunning(self), true);
  const earlier = { pid: Deno.pid, start_ticks: self.start_ticks! - 1 };
  assertEquals(isRunning(earlier), Deno.build.os !== "linux");
});

Deno.test("identify finds no process that has ended", async () => {
  const child = new Deno.Command("true").spawn();
  await child.status;
  assertEquals(identify(child.pid), null);
});
