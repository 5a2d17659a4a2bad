/** Prints ignored settings as JSON, then closes the environment. Arguments: `.env`, own names. */
import { closeEnv, ignoredSettings } from "../mod.ts";

const [dotenv_path, ...own] = Deno.args;
const found: unknown[] = ignoredSettings(own, dotenv_path)
  .map(({ variable, line }) => variable ?? line);
const was_open = Deno.permissions.querySync({ name: "env" }).state === "granted";
closeEnv();
const { state } = Deno.permissions.querySync({ name: "env" });
if (was_open) found.push(state === "granted" ? "open" : "closed");
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(found)));
