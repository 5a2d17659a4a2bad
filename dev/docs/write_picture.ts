/** `deno task picture`: runs the demo and draws what it printed to docs/demo.svg. */
import deno_json from "../../deno.json" with { type: "json" };
import { denoArguments } from "../service_command.ts";
import { terminalPicture } from "./terminal_picture.ts";

const { success, stdout } = await new Deno.Command(Deno.execPath(), {
  args: denoArguments(deno_json.tasks.demo.command),
  stderr: "inherit",
}).output();
const output = new TextDecoder().decode(stdout);
if (!success) throw new Error(`the demo failed:\n${output}`);
const lines = ["$ deno task demo", ...output.trimEnd().split("\n")];
Deno.writeTextFileSync(
  new URL("../../docs/demo.svg", import.meta.url),
  terminalPicture(lines, "Output of deno task demo"),
);
