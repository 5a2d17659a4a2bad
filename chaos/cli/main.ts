/** `deno task chaos`: what the network breaks and what the services make of it, with evidence. */
import { runCommandLine } from "./command_line.ts";
import { systemOutside } from "./outside.ts";

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args, systemOutside()));
