import { assertEquals, assertThrows } from "@std/assert";
import { documentedVariables, flagList, taskCommand, unset } from "./task_command.ts";

Deno.test("taskCommand() splits a task into words and the variables it may read", () => {
  const command = "deno run --no-prompt --allow-net --allow-env=PORT,LOG_LEVEL main.ts";
  const { args, variables } = taskCommand({ command });
  assertEquals(args[0], "run");
  assertEquals(args.at(-1), "main.ts");
  assertEquals(variables, ["PORT", "LOG_LEVEL"]);
  assertEquals(taskCommand(command), taskCommand({ command }));
});

Deno.test("taskCommand() has no variables if a task may read none", () => {
  assertEquals(taskCommand("deno run main.ts").variables, []);
  assertEquals(taskCommand("deno run --allow-env= main.ts").variables, []);
});

for (const command of ["A=1 deno run main.ts", "deno fmt && deno lint", 'deno eval "1"', "make"]) {
  Deno.test(`taskCommand() refuses ${command}: it needs a shell`, () => {
    assertThrows(() => taskCommand(command), Error, `plain words, got: ${command}`);
  });
}

Deno.test("flagList() returns the values of a flag, null for all, undefined for none", () => {
  const args = ["run", "--allow-net", "--allow-read=a,b"];
  assertEquals(flagList(args, "--allow-read"), ["a", "b"]);
  assertEquals(flagList(args, "--allow-net"), null);
  assertEquals(flagList(args, "--allow-run"), undefined);
  assertThrows(() => flagList([...args, "--allow-net"], "--allow-net"), Error, "occurs 2 times");
});

Deno.test("documentedVariables() has the names of one section, set or not", () => {
  const text =
    "# Text with X=1\n\n# ---- a ----\n\n# Port. X=2\n#PORT=1\nB_2=\n\n# ---- b ----\n#C=3\n";
  assertEquals(documentedVariables(text, "a"), ["PORT", "B_2"]);
  assertEquals(documentedVariables(text, "b"), ["C"]);
  assertThrows(() => documentedVariables(text, "c"), Error, "no variable of c");
});

Deno.test("unset() sets each variable to nothing", () => {
  assertEquals(unset(["A", "B"]), { A: "", B: "" });
});
