import { assertEquals } from "@std/assert";
import {
  endProcesses,
  identify,
  isRunning,
  type ProcessControl,
  startTicksOf,
  type Victim,
} from "./processes.ts";

/** Fields 3 to 24 of /proc/PID/stat, with this state and start. */
function stat(name: string, state: string, start: number): string {
  const between = Array.from({ length: 18 }, (_, i) => i).join(" ");
  return `42 (${name}) ${state} ${between} ${start} 1000 200`;
}

Deno.test("startTicksOf reads the start despite parentheses in the program's name", () => {
  assertEquals(startTicksOf(stat("deno", "S", 4711)), 4711);
  assertEquals(startTicksOf(stat("a) S 1 2 (b", "R", 4711)), 4711);
});

Deno.test("startTicksOf is null for a zombie", () => {
  assertEquals(startTicksOf(stat("deno", "Z", 4711)), null);
});

Deno.test("isRunning is false if another process has the pid", () => {
  const self = identify(Deno.pid)!;
  assertEquals(isRunning(self), true);
  const earlier = { pid: Deno.pid, start_ticks: self.start_ticks! - 1 };
  assertEquals(isRunning(earlier), Deno.build.os !== "linux");
});

Deno.test("identify is null for a process that has ended", async () => {
  const child = new Deno.Command("true").spawn();
  await child.status;
  assertEquals(identify(child.pid), null);
});

/** A process in virtual time. */
interface Fake {
  readonly pid: number;
  readonly takes_term_ms: number;
  readonly appears_ms?: number;
  is_other?: boolean;
  ends_ms?: number;
}

function control(fakes: Fake[]): ProcessControl & { sent: string[]; now_ms: number } {
  const self = {
    now_ms: 0,
    sent: [] as string[],
    victims: (): Victim[] =>
      fakes.filter(({ appears_ms = 0 }) => appears_ms <= self.now_ms)
        .map(({ pid }) => ({ identity: { pid, start_ticks: 1 }, name: `p${pid}` })),
    isRunning: ({ pid }: { pid: number }) => {
      const fake = fakes.find((one) => one.pid === pid)!;
      return fake.is_other !== true && self.now_ms < (fake.ends_ms ?? Infinity);
    },
    signal: (pid: number, signal: "SIGTERM" | "SIGKILL") => {
      const fake = fakes.find((one) => one.pid === pid)!;
      self.sent.push(`${signal} ${pid} at ${Math.floor(self.now_ms / 1000) * 1000}`);
      fake.ends_ms = self.now_ms + (signal === "SIGKILL" ? 1 : fake.takes_term_ms);
    },
    now: () => self.now_ms,
    pause: (pause_ms: number) => {
      self.now_ms += pause_ms;
      return Promise.resolve();
    },
  };
  return self;
}

Deno.test("endProcesses sends SIGTERM, and SIGKILL a second later", async () => {
  const at = control([{ pid: 1, takes_term_ms: 300 }, { pid: 2, takes_term_ms: Infinity }]);
  const left = await endProcesses(at, () => {});
  assertEquals(at.sent, ["SIGTERM 1 at 0", "SIGTERM 2 at 0", `SIGKILL 2 at 1000`]);
  assertEquals(left, []);
});

Deno.test("endProcesses never signals a process that has taken over a pid", async () => {
  const at = control([{ pid: 1, takes_term_ms: 0, is_other: true }]);
  assertEquals(await endProcesses(at, () => {}), []);
  assertEquals(at.sent, []);
});

Deno.test("endProcesses kills processes that appear during the wait", async () => {
  const at = control([
    { pid: 1, takes_term_ms: 500 },
    { pid: 2, takes_term_ms: 0, appears_ms: 200 },
  ]);
  assertEquals(await endProcesses(at, () => {}), []);
  assertEquals(at.sent, ["SIGTERM 1 at 0", "SIGKILL 2 at 1000"]);
});

Deno.test("endProcesses does not wait after all processes have ended", async () => {
  const at = control([{ pid: 1, takes_term_ms: 0 }]);
  await endProcesses(at, () => {});
  assertEquals(at.now_ms < 100, true);
});
