/** `--help` of every task, with the network denied: it explains and starts nothing. */
import { assert, assertEquals } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import { runProcess } from "../tools/processes/mod.ts";

/** Arguments of a task's program, without variables before it. */
function argumentsOf(command: string): string[] {
  const words = command.match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ""));
  return words.slice(words.indexOf("deno") + 1);
}

const LINES = 2;

for (const [name, { command }] of Object.entries(deno_json.tasks)) {
  Deno.test(`deno task ${name} --help explains the task and starts nothing`, async () => {
    assert(!command.includes("&&"), "--help would reach the last command alone");
    const [subcommand, ...rest] = argumentsOf(command);
    // Without network and programs it cannot start anything, whatever its task allows.
    const denied = subcommand === "run" ? ["--deny-net", "--deny-run", "--deny-write"] : [];
    const program = [Deno.execPath(), subcommand, ...denied, ...rest, "--help"];
    const cwd = new URL("..", import.meta.url);
    const { code, stdout, stderr } = await runProcess(program, { cwd, env: { NO_COLOR: "1" } });
    assertEquals([code, stderr.replaceAll(/^(Check|Download) .*\n/gm, "")], [0, ""], stdout);
    assert(stdout.trimEnd().split("\n").length >= LINES, stdout);
  });
}
