/** `deno task picture`: runs the demo and draws what it printed to docs/demo.svg. */
import deno_json from "../../deno.json" with { type: "json" };
import { runProcess, taskCommand } from "../../tools/processes/mod.ts";
import { terminalPicture } from "./terminal_picture.ts";

const { args } = taskCommand(deno_json.tasks.demo);
const { code, stdout, stderr } = await runProcess([Deno.execPath(), ...args]);
if (code !== 0) throw new Error(`the demo failed:\n${stdout}${stderr}`);
const lines = ["$ deno task demo", ...stdout.trimEnd().split("\n")];
Deno.writeTextFileSync(
  new URL("../../docs/demo.svg", import.meta.url),
  terminalPicture(lines, "Output of deno task demo"),
);
