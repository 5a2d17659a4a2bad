import { assertEquals, assertMatch } from "@std/assert";
import { cpuModel, machineLine } from "./machine.ts";

Deno.test("cpuModel() is the first processor's name, else the architecture", () => {
  assertEquals(
    cpuModel("processor\t: 0\nmodel name\t: Some CPU\nmodel name\t: Other\n"),
    "Some CPU",
  );
  assertEquals(cpuModel(""), Deno.build.arch);
});

Deno.test("describeMachine() finds what machineLine() tells of this machine", async () => {
  const machine = JSON.stringify(import.meta.resolve("./machine.ts"));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { describeMachine } from ${machine}; console.log(JSON.stringify(describeMachine()))`,
    ],
  }).output();
  const line = machineLine(JSON.parse(new TextDecoder().decode(stdout)));
  assertMatch(
    line,
    /^.+, \d+ cores, \d+ MB · \w+ \S+ · Deno \d+\.\d+\.\d+ · load average \d+\.\d\d /,
  );
});
