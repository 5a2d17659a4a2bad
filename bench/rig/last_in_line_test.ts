import { assert, assertEquals } from "@std/assert";
import { lastInLine } from "./last_in_line.ts";

Deno.test("lastInLine() takes chrt where it works, else nice, else nothing", () => {
  const having = (...programs: string[]) => lastInLine(([name]) => programs.includes(name));
  assertEquals(having("chrt", "nice"), ["chrt", "--idle", "0"]);
  assertEquals(having("nice"), ["nice", "-n", "19"]);
  assertEquals(having(), []);
});

Deno.test("lastInLine() has a program run at the lowest rank of this machine", async () => {
  const [program, ...args] = lastInLine();
  if (Deno.build.os !== "linux") return;
  assert(program !== undefined, "neither chrt nor nice works here");
  const command = new Deno.Command(program, { args: [...args, "cat", "/proc/self/stat"] });
  const stat = new TextDecoder().decode((await command.output()).stdout);
  // proc(5): field 19 is the nice value, field 41 the policy (5: SCHED_IDLE).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  assertEquals(program === "chrt" ? fields[38] : fields[16], program === "chrt" ? "5" : "19");
});
