/** `deno task chaos`: breaks the network between the services and judges how they cope. */
import { runCommandLine } from "./command_line.ts";
import { realSystem } from "./system.ts";

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args, realSystem()));
