/** `deno task k6` as a command that starts in any working directory. */
import deno_json from "../../../deno.json" with { type: "json" };
import { taskCommand } from "../../processes/mod.ts";

const { args } = taskCommand(deno_json.tasks.k6);

/** The program and its first arguments; `run` and k6's flags follow. */
export const LAUNCHER = [
  Deno.execPath(),
  ...args.slice(0, -1),
  new URL(`../../../${args.at(-1)}`, import.meta.url).href,
];
